"""The documentation's promises: complete, in step with the code, and every example runs."""
