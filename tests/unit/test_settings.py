"""Settings are plain frozen values; a misspelt dial is an error and not a default."""

import pytest
from pydantic import ValidationError

from oa_crm import CRM, RelaySettings, Settings


def test_settings_cannot_be_changed_after_the_start() -> None:
    settings = Settings()
    with pytest.raises(ValidationError, match="frozen"):
        settings.page_size = 10  # type: ignore[misc]
    with pytest.raises(ValidationError, match="frozen"):
        settings.relay.batch = 10  # type: ignore[misc]


@pytest.mark.parametrize("kind", [Settings, RelaySettings])
def test_an_unknown_dial_is_refused(kind: type[Settings] | type[RelaySettings]) -> None:
    misspelt = {"page_sise": 10}
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        kind(**misspelt)


@pytest.mark.parametrize(
    "wrong",
    [
        {"default_currency": "cny"},
        {"default_currency": "RMB¥"},
        {"page_size": 0},
        {"stages": ()},
        {"page_size": 501},
        {"relay": {"batch": 0}},
        {"relay": {"batch": 1001}},
        {"relay": {"max_attempts": 0}},
        {"relay": {"jitter": 1}},
        {"relay": {"jitter": -0.1}},
        {"time_zone": "Asia/Shangai"},
        {"time_zone": "Asia"},
        {"time_zone": ""},
        {"time_zone": "../UTC"},
        {"time_zone": "Asia/\0Shanghai"},
    ],
)
def test_a_dial_beyond_its_range_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate(wrong)


def test_a_crm_has_the_settings_it_was_given() -> None:
    settings = Settings(default_currency="EUR", relay=RelaySettings(batch=7))
    crm = CRM("sqlite://", settings=settings)
    assert crm.settings is settings
    assert crm.relay.settings.batch == 7
    assert CRM("sqlite://").settings == Settings()
