"""What the tests share: database servers, the databases on them, and loud skips."""
