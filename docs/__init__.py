"""The documentation, and the script that writes its generated part: `python -m docs.generate_hooks`."""
