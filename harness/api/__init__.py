"""What `import harness` offers: an engine checked, a function compared, a case drawn and listed, a
word explained. The commands are callers of the same."""
