"""A published counter on plain numbers: its phases and breaks, and what each rule makes of a counter that goes down."""
