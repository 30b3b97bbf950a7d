"""What speaks for one customer beside the name, and how matchers are put together."""

from collections.abc import Iterator

import pytest

from oa_crm.duplicates import BUILT_IN, Draft, Engine, Tier, check_character, keys, parts, race_keys, score
from oa_crm.duplicates.addresses import normal_address
from oa_crm.duplicates.domains import address_of, own_domain
from oa_crm.hooks.matching import Candidate, DuplicateMatcher, Match, MatchKey, MatchReason

ON_FILE, STRANGER = "北京远山动力科技有限公司", "望舒物流"
CODE = "91110108MA01K7X3P" + check_character("91110108MA01K7X3P")


def codes(one: Draft, other: Draft) -> set[str]:
    return {reason.code for reason in score(one, other).reasons}


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        (
            {"emails": ("Li@Yuanshan.example.cn",)},
            {"emails": ("mailto:li@yuanshan.example.cn",)},
            {"same_email", "same_domain"},
        ),
        ({"website": "https://www.yuanshan.com.cn/about"}, {"emails": ("sales@yuanshan.com.cn",)}, {"same_domain"}),
        ({"phone": "139 1234 5678"}, {"phones": ("010-62345678", "+86 13912345678")}, {"same_phone"}),
        ({"address": "北京市海淀区远山路 8 号"}, {"address": "北京市海淀区遠山路8號"}, {"same_address"}),
    ],
)
def test_what_two_customers_share_adds_a_reason_and_relates_them(
    one: dict[str, object], other: dict[str, object], why: set[str]
) -> None:
    mine, yours = Draft(ON_FILE, **one), Draft(STRANGER, **other)  # type: ignore[arg-type]
    assert codes(mine, yours) == why
    assert score(mine, yours).tier is Tier.RELATED
    assert keys(mine, "acme") & keys(yours, "acme")


def test_everything_shared_but_the_name_is_still_no_certainty() -> None:
    shared = {"phone": "13912345678", "emails": ("li@yuanshan.com.cn",), "address": "北京市海淀区远山路8号"}
    verdict = score(Draft(ON_FILE, **shared), Draft("远山动力科技有限公司", **shared))  # type: ignore[arg-type]
    assert (verdict.value, verdict.tier) == (0.94, Tier.SUSPECTED)


@pytest.mark.parametrize(
    "text", ["li@qq.com", "li@163.com", "li@vip.sina.com", "https://weibo.com/yuanshan", "not a host"]
)
def test_the_domain_of_a_mail_provider_says_nothing(text: str) -> None:
    assert own_domain(text) is None


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("http://mail.acme.com.cn:8080/x", "acme.com.cn"),
        ("acme.co.uk", "acme.co.uk"),
        ("li@sub.acme.de", "acme.de"),
        ("WWW.ACME.COM", "acme.com"),
        ("acme.bj.cn", "acme.bj.cn"),
    ],
)
def test_an_own_domain_is_what_a_firm_registered(text: str, domain: str) -> None:
    assert own_domain(text) == domain


def test_an_address_without_a_number_is_no_place_and_a_broken_mail_no_mail() -> None:
    assert normal_address("北京市海淀区远山路") is None
    assert address_of("li at acme") is None


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"short_name": "青禾动力"}, "other_name"),
        ({"aliases": ("青禾动力",)}, "other_name"),
        ({"former_names": ("青禾动力",)}, "former_name"),
    ],
)
def test_a_customer_is_found_by_each_of_its_names(fields: dict[str, object], why: str) -> None:
    known = Draft(ON_FILE, **fields)  # type: ignore[arg-type]
    typed = Draft("青禾动力")
    assert score(typed, known).tier is Tier.SUSPECTED
    assert why in codes(typed, known)
    assert keys(typed, "acme") & keys(known, "acme")


def test_what_each_matcher_says_can_be_asked_for() -> None:
    mine = Draft(ON_FILE, credit_code=CODE, phone="13912345678")
    assert parts(mine, Draft("远山动力科技有限公司", phone="13912345678")) == {"names": 0.91, "phone": 1.0}
    assert parts(mine, Draft(STRANGER, credit_code=CODE)) == {"identity": 1.0}


def test_two_equal_customers_race_for_the_same_keys() -> None:
    one = Draft(ON_FILE, credit_code=CODE)
    assert race_keys(Draft(ON_FILE + " "), "acme") == race_keys(Draft("北京遠山動力科技有限公司"), "acme")
    assert race_keys(one, "acme") & race_keys(Draft(STRANGER, credit_code=CODE.lower()), "acme")
    assert not race_keys(one, "acme") & race_keys(Draft("青禾商贸"), "acme")
    assert race_keys(one, "acme") <= {key.hash for key in keys(one, "acme")}


def _vat_keys(customer: Candidate) -> Iterator[MatchKey]:
    if number := customer.extra.get("vat"):
        yield MatchKey("vat", number, 8.0, strong=True, race=True)


def _compare_vat(one: Candidate, other: Candidate) -> Match | None:
    mine, theirs = one.extra.get("vat"), other.extra.get("vat")
    if not mine or mine != theirs:
        return None
    reason = MatchReason("same_vat", "same VAT number {number}", "增值税号相同（{number}）", {"number": mine})
    return Match(1.0, "decides", (reason,))


def test_a_plugins_matcher_decides_as_a_built_in_one_does() -> None:
    engine = Engine((*BUILT_IN, DuplicateMatcher("vat", 1, _vat_keys, _compare_vat)))
    one, other = (Draft(name, extra={"vat": "DE811907980"}) for name in ("Nordlicht GmbH", "Harbour Trading"))
    verdict = engine.score(one, other)
    assert verdict.tier is Tier.CERTAIN
    assert verdict.reasons[0].text("zh-CN") == "增值税号相同（DE811907980）"
    assert engine.keys(one, "acme") & engine.keys(other, "acme")
    assert engine.version.endswith("vat:1")
    assert score(one, other).tier is Tier.NONE
