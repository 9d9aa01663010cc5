"""The search for the case that nobody wrote: random programs, held against torch and shrunk."""
