"""Who has a customer. `ledger` keeps every change of it, `first` is the pool that every company has."""
