"""The room of reminders: `policy` is when, `plans` and `days` find what is due, `telling` tells each step once."""
