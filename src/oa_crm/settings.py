"""Every dial of a CRM, with its default. Plain values: nothing here reads the environment."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, field_validator


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class RelaySettings(_Frozen):
    """How the relay claims, retries and tidies up. Durations are `timedelta`."""

    batch: int = Field(default=100, ge=1, le=1000, description="deliveries claimed at a time per plugin")
    lease: timedelta = Field(default=timedelta(seconds=60), description="how long a claim holds")
    max_attempts: int = Field(default=8, ge=1, description="failures before a delivery is dead")
    first_backoff: timedelta = timedelta(seconds=2)
    longest_backoff: timedelta = timedelta(hours=1)
    jitter: float = Field(default=0.25, ge=0, lt=1, description="share by which a backoff may vary")
    max_age: timedelta = Field(default=timedelta(days=7), description="RetryLater may go on this long")
    idle_poll: timedelta = Field(default=timedelta(seconds=1), description="poll interval when nothing wakes us")
    longest_transaction: timedelta = Field(
        default=timedelta(milliseconds=200), description="how long one same-database batch stays open"
    )
    keep_events: timedelta = Field(default=timedelta(days=90), description="retention of finished events")
    keep_idempotency: timedelta = timedelta(days=30)
    keep_searches: timedelta = Field(default=timedelta(days=180), description="who looked for whom is kept so long")
    keep_looks: timedelta = Field(default=timedelta(days=3 * 365), description="who was shown personal data, so long")


class FileSettings(_Frozen):
    """What may be attached, where it lies without a host's store, and how long what nobody needs is kept."""

    folder: str | None = Field(default=None, description="the built-in store keeps files here; made when first needed")
    largest: int = Field(default=100 * 2**20, ge=1, description="bytes of one file")
    extensions: tuple[str, ...] | None = Field(default=None, description="left out: every type that we know")
    grace: timedelta = Field(
        default=timedelta(days=2), ge=timedelta(days=1), description="content without a row is left alone so long"
    )
    keep_removed: timedelta = Field(default=timedelta(days=30), description="content of removed files is kept so long")


class ExchangeSettings(_Frozen):
    """What is taken from a workbook or CSV file, and how much a person takes out in a day."""

    largest: int = Field(default=50 * 2**20, ge=1, description="bytes of a file to import")
    unpacked: int = Field(default=1024 * 2**20, ge=1, description="bytes of a workbook unpacked")
    rows: int = Field(default=500_000, ge=1, description="rows of a sheet")
    columns: int = Field(default=300, ge=1, description="columns of a sheet")
    cells: int = Field(default=10_000_000, ge=1, description="rows times columns of a sheet")
    cell: int = Field(default=20_000, ge=1, description="characters of a cell")
    slice: int = Field(default=500, ge=1, le=5000, description="rows that are put on file in one transaction")
    exported_rows_a_day: int = Field(default=100_000, ge=0, description="rows that a person may export in a day")


class Settings(_Frozen):
    """Settings of one CRM object; give only what differs."""

    db_schema: str | None = Field(default=None, description="database schema that holds the oa_crm_ tables")
    default_currency: str = Field(default="CNY", pattern=r"^[A-Z]{3}$")
    phone_region: str = Field(default="CN", pattern=r"^[A-Z]{2}$", description="of numbers without a country code")
    time_zone: str = Field(default="Asia/Shanghai", description="IANA name; a business day begins at midnight there")
    stages: tuple[str, ...] = Field(default=("lead", "qualified", "proposal", "negotiation"), min_length=1)
    expense_categories: tuple[str, ...] = ("travel", "lodging", "entertainment", "gifts", "other")
    lead_invalid_reasons: tuple[str, ...] = ("no_need", "no_budget", "unreachable", "competitor", "duplicate", "other")
    follow_up_ways: tuple[str, ...] = ("visit", "phone", "wechat", "mail", "meeting", "demo", "other")
    follow_up_results: tuple[str, ...] = ("agreed", "interested", "hesitating", "declined", "not_reached", "other")
    project_won_reasons: tuple[str, ...] = ("price", "product", "service", "relationship", "other")
    project_lost_reasons: tuple[str, ...] = (
        "price", "product", "competitor", "no_budget", "postponed", "no_answer", "other",
    )  # fmt: skip
    project_invalid_reasons: tuple[str, ...] = ("no_project", "duplicate", "not_for_us", "by_mistake", "other")
    team_roles: tuple[str, ...] = ("presales", "delivery", "service", "legal", "finance", "other")
    team_size: int = Field(default=50, ge=1, le=500, description="seats on one team")
    seats_at_most: int = Field(default=1000, ge=1, le=5000, description="seats that one person has")
    page_size: int = Field(default=50, ge=1, le=500)
    searches_per_hour: int = Field(default=600, ge=1, description="duplicate checks and refused customers per person")
    handover_undo_days: int = Field(default=30, ge=0, le=3650, description="how long a handover can be taken back")
    notify: bool = Field(default=True, description="wake the relay by NOTIFY on PostgreSQL")
    relay: RelaySettings = RelaySettings()
    files: FileSettings = FileSettings()
    exchange: ExchangeSettings = ExchangeSettings()

    @field_validator("time_zone")
    @classmethod
    def _is_a_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            raise ValueError(f"{name!r} is no time zone of this machine, such as 'Asia/Shanghai'") from None
        return name
