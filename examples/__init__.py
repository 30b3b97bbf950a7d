"""Examples of using oa_crm, each a package that runs by itself."""
