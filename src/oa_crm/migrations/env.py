"""What alembic runs: on the connection it is handed, or offline to print the statements."""

from alembic import context

from oa_crm.migrations.runner import context_options

config = context.config
schema = config.attributes.get("schema")
options = context_options(schema)

if context.is_offline_mode():
    name = config.attributes["dialect_name"]
    context.configure(dialect_name=name, literal_binds=True, **options)
else:
    context.configure(connection=config.attributes["connection"], **options)

with context.begin_transaction():
    context.run_migrations()
