"""The cluster query language: what each operator picks of one fleet, and what is said of an expression that is none."""

import re

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from engine.placement import Column, Hosts, Traits, query
from engine.placement.constraints import read
from engine.placement.pattern import MAX_PATTERN, PatternError, matches

ZEROS = np.zeros(6, dtype=np.int64)
#   host                              0            1            2            3            4            5
FLEET = Hosts(
    zone=np.array([                   0,           0,           1,           1,           2,           2]),
    is_open=np.ones(6, dtype=np.bool_), free_cpu=ZEROS, free_mib=ZEROS, peers=ZEROS,
    traits=Traits(
        attributes={
            "ecs.instance-type": Column.of(["m5.large", "m5.xlarge", "c5.large",  "t2.small",  "m5d.large", "c5.large"]),
            "rack": Column.of([             "10",       "9",         None,        "2",         "10",        None]),
            "disk": Column.of([             "ssd",      None,        "ssd",       "hdd",       None,        "nvme"]),
        },
        instance_id=Column.of([             "i-a1",     "i-a2",      "i-b1",      "i-b2",      "i-c1",      "i-c2"]),
        is_connected=np.array([             True,       True,        False,       True,        True,        True]),
        running=np.array([                  0,          1,           2,           3,           1,           0]),
        groups={"service:web": np.array([   0,          1,           1,           0,           0,           0]),
                "service:db": np.array([    0,          0,           1,           3,           0,           0]),
                "family:web": np.array([    0,          0,           0,           0,           1,           0])},
    ),
)  # fmt: skip


def picks(text):
    expression, mistakes = query.parse(text)
    assert mistakes == (), [str(mistake) for mistake in mistakes]
    return np.flatnonzero(query.holds(expression, FLEET)).tolist()


@pytest.mark.parametrize(("text", "hosts"), [
    ("attribute:disk == ssd", [0, 2]),
    ("attribute:disk equals 'ssd'", [0, 2]),
    ("attribute:disk != ssd", [1, 3, 4, 5]),              # a host without the attribute is not equal
    ("attribute:disk not_equals ssd", [1, 3, 4, 5]),
    ("attribute:disk in [ssd, nvme]", [0, 2, 5]),
    ("attribute:disk in ['ssd', \"hdd\"]", [0, 2, 3]),
    ("attribute:disk !in [ssd, nvme]", [1, 3, 4]),
    ("attribute:disk not_in [ssd]", [1, 3, 4, 5]),
    ("attribute:disk exists", [0, 2, 3, 5]),
    ("attribute:disk !exists", [1, 4]),
    ("attribute:disk not_exists", [1, 4]),
    ("attribute:rack > 9", [0, 4]),                       # as numbers: 10 > 9
    ("attribute:rack greater_than_equal 9", [0, 1, 4]),
    ("attribute:rack < 9", [3]),
    ("attribute:rack <= 9", [1, 3]),
    ("attribute:rack less_than 10", [1, 3]),
    ("attribute:disk > nvme", [0, 2]),                    # as text where they are no numbers
    ("attribute:ecs.instance-type =~ m5.*", [0, 1, 4]),
    ("attribute:ecs.instance-type =~ m5\\..*", [0, 1]),
    ("attribute:ecs.instance-type matches (m|c)5\\.large", [0, 2, 5]),
    ("attribute:ecs.instance-type =~ m5", []),            # a pattern covers the whole value
    ("attribute:ecs.instance-type !~ '[mc]5.*'", [3]),
    ("attribute:ecs.instance-type not_matches m5.*", [2, 3, 5]),
    ("attribute:nobody-has-it == 1", []),
    ("attribute:nobody-has-it != 1", [0, 1, 2, 3, 4, 5]),
    ("task:group == service:web", [1, 2]),
    ("task:group != service:web", [0, 3, 4, 5]),
    ("task:group in [service:db, family:web]", [2, 3, 4]),
    ("task:group =~ .*:web", [1, 2, 4]),
    ("task:group == service:nobody", []),
    ("not(task:group == service:db)", [0, 1, 4, 5]),
    ("ec2InstanceId in ['i-b1', 'i-c2']", [2, 5]),
    ("ec2InstanceId =~ i-a.", [0, 1]),
    ("agentConnected == true", [0, 1, 3, 4, 5]),
    ("agentConnected != true", [2]),
    ("runningTasksCount == 1", [1, 4]),
    ("runningTasksCount != 1", [0, 2, 3, 5]),
    ("runningTasksCount >= 2", [2, 3]),
    ("runningTasksCount < 1", [0, 5]),
    ("runningTasksCount > 1", [2, 3]),
    ("runningTasksCount <= 1", [0, 1, 4, 5]),
])  # fmt: skip
def test_each_operator_picks_its_own_hosts(text, hosts):
    assert picks(text) == hosts


@pytest.mark.parametrize(("text", "hosts"), [
    ("attribute:disk == ssd and runningTasksCount == 0", [0]),
    ("attribute:disk == ssd && runningTasksCount == 0", [0]),
    ("attribute:disk == hdd or runningTasksCount == 0", [0, 3, 5]),
    ("attribute:disk == hdd || runningTasksCount == 0", [0, 3, 5]),
    ("!(attribute:disk == hdd || runningTasksCount == 0)", [1, 2, 4]),
    ("not attribute:disk exists", [1, 4]),
    ("! ! attribute:disk exists", [0, 2, 3, 5]),
    # `and` binds tighter than `or`; parentheses say otherwise
    ("attribute:disk == hdd or attribute:disk == ssd and runningTasksCount == 0", [0, 3]),
    ("(attribute:disk == hdd or attribute:disk == ssd) and runningTasksCount == 0", [0]),
    ("attribute:ecs.instance-type =~ (c|t).* and attribute:disk != nvme", [2, 3]),
    ("(attribute:ecs.instance-type =~ c5.*)and(attribute:disk exists)", [2, 5]),
    ("  attribute:rack==10\n and runningTasksCount>0 ", [4]),
])  # fmt: skip
def test_expressions_are_joined(text, hosts):
    assert picks(text) == hosts


@pytest.mark.parametrize(("text", "said"), [
    ("", ["character 1: the end came; expected a subject: attribute:NAME"]),
    ("attribute:disk", ["character 15: the end came; expected an operator: ==, !=, >"]),
    ("attribute:disk = ssd", ["character 16: `=` came; expected `==`"]),
    ("attribute:disk == ", ["character 19: the end came; expected a value"]),
    ("attribute: == 1", ["character 1: `attribute:` came; expected `attribute:` and a name"]),
    ("attribute:disk in ssd", ["character 19: `ssd` came; expected a list in brackets"]),
    ("attribute:disk in [ssd hdd]", ["character 24: `hdd` came; expected `,` or `]`"]),
    ("attribute:disk in [ssd", ["character 23: the end came; expected `,` or `]`"]),
    ("attribute:disk in []", ["character 20: `]` came; expected a value"]),
    ("attribute:disk == 'ssd", ["character 19: `'ssd` came; expected a closing '"]),
    ("(attribute:disk exists", ["character 23: the end came; expected `)`"]),
    ("attribute:disk exists)", ["character 22: `)` came; expected `and`, `or` or the end"]),
    ("attribute:disk exists attribute:rack exists", ["character 23: `attribute:rack` came; expected `and`, `or` or the end"]),
    ("attribute:disk exists & attribute:rack exists", ["character 23: `&` came; expected `&&`"]),
    ("disk == ssd", ["character 1: `disk` came; expected a subject: attribute:NAME, agentConnected"]),
    ("agentVersion > 1.2", ["character 1: `agentVersion` came; expected a subject that hosts here can answer"]),
    ("registeredAt < 2018-06-18", ["a simulation begins on no date"]),
    ("agentConnected > true", ["character 16: `>` came; expected an operator: ==, !=, in, !in, =~, !~"]),
    ("agentConnected == yes", ["character 19: `yes` came; expected true or false"]),
    ("runningTasksCount =~ 1", ["character 19: `=~` came; expected an operator: ==, !=, >, >=, <, <="]),
    ("runningTasksCount == one", ["character 22: `one` came; expected a whole number"]),
    ("task:group exists", ["character 12: `exists` came; expected an operator"]),
    ("attribute:disk =~ (a", ["character 19: `(a` came; expected a `)` for this `(`"]),
    ("attribute:disk =~ 'ab[c'", ["character 22: `ab[c` came; expected a `]` for this `[`"]),
    ("attribute:disk =~ a**", ["character 20: `a**` came; expected one sign of repetition"]),
    ("attribute:disk =~ (?=a)", ["character 19: `(?=a)` came; expected a plain group"]),
    # several at once, each with its place
    ("disk == 1 and attribute:disk = 2 or runningTasksCount == x",
     ["character 1: `disk`", "character 30: `=`", "character 58: `x`"]),
    ("(disk == 1) or (attribute:rack in 9) and agentConnected == 1",
     ["character 2: `disk`", "character 35: `9`", "character 60: `1`"]),
])  # fmt: skip
def test_a_mistake_is_told_with_its_place_and_what_was_expected(text, said):
    expression, mistakes = query.parse(text)

    assert expression is None
    assert len(mistakes) == len(said), [str(mistake) for mistake in mistakes]
    for mistake, words in zip(mistakes, said, strict=True):
        assert words in str(mistake)


def test_what_is_too_long_or_too_deep_is_refused_and_no_traceback():
    for text in ("x" * 2_001, "(" * 1_900, "not " * 480, "!" * 1_999):
        expression, mistakes = query.parse(text)

        assert expression is None
        assert mistakes


@given(st.text(alphabet="()[]!=~<>&|,'\" abi1.*:", max_size=30))
@example("attribute:a =~ ")
@example("!in [")
@example("attribute:a in [a,")
def test_any_text_is_read_or_refused_with_a_place_inside_it(text):
    for given_ in (text, f"attribute:a == 1 and {text}"):
        expression, mistakes = query.parse(given_)

        assert (expression is None) == bool(mistakes)
        assert all(1 <= mistake.at <= len(given_) + 1 for mistake in mistakes)


def test_a_place_counts_from_the_beginning_of_the_whole_constraint():
    _, (mistake,) = read("memberOf(attribute:disk = ssd)")

    assert (mistake.at, mistake.came) == (25, "`=`")
    assert [str(m) for m in read("memberOf attribute:disk == ssd")[1]] == [
        "character 1: `memberOf attribute:disk == ssd` came; expected `distinctInstance` or `memberOf(EXPRESSION)`"
    ]


# --- laws ------------------------------------------------------------------------------------------------------------

SIMPLE = st.sampled_from([
    "attribute:disk == ssd", "attribute:rack > 5", "task:group == service:web", "runningTasksCount <= 1",
    "attribute:disk exists", "agentConnected == false", "attribute:ecs.instance-type =~ m.*",
])  # fmt: skip
TEXTS = st.recursive(
    SIMPLE,
    lambda inner: st.one_of(
        st.builds("({}) and ({})".format, inner, inner),
        st.builds("({}) || ({})".format, inner, inner),
        st.builds("not ({})".format, inner),
    ),
    max_leaves=6,
)


@given(TEXTS, TEXTS)
def test_and_or_not_are_those_of_logic(one, other):
    a, b = set(picks(one)), set(picks(other))

    assert set(picks(f"({one}) and ({other})")) == a & b
    assert set(picks(f"({one}) or ({other})")) == a | b
    assert set(picks(f"!({one})")) == set(range(6)) - a
    assert picks(f"not (({one}) and ({other}))") == picks(f"not ({one}) or not ({other})")


OPPOSITES = [("==", "!="), ("=~", "!~"), ("in", "!in"), ("exists", "!exists")]


@pytest.mark.parametrize(("yes", "no"), OPPOSITES)
@pytest.mark.parametrize("name", ["disk", "rack", "nobody-has-it"])
def test_a_negated_operator_is_the_plain_opposite(yes, no, name):
    value = {"in": "[ssd, 10]", "exists": ""}.get(yes, "ssd")

    assert set(picks(f"attribute:{name} {no} {value}")) == set(range(6)) - set(picks(f"attribute:{name} {yes} {value}"))


# --- patterns --------------------------------------------------------------------------------------------------------

PATTERNS = st.recursive(
    st.sampled_from(["a", "b", ".", "[ab]", "[^a]", "[a-c]", "\\d", "\\w", "\\.", "^", "$", "x?", "\\W", "[\\d.]"]),
    lambda inner: st.one_of(
        st.builds("{}{}".format, inner, inner),
        st.builds("({}|{})".format, inner, inner),
        st.builds("(?:{}){}".format, inner, st.sampled_from(["*", "+", "?", "{2}", "{1,2}", "{0,}", "*?", "+?"])),
    ),
    max_leaves=6,
)


@given(PATTERNS, st.text(alphabet="abc.1-", max_size=6))
def test_a_pattern_says_what_pythons_own_says(pattern, text):
    """Twin: Python's engine, which tries one way after the other, on patterns too small to make it hang."""
    try:
        ours = matches(pattern, text)
    except PatternError:  # repetitions too deep inside each other
        assume(False)

    assert ours == bool(re.fullmatch(pattern, text, re.ASCII)), (pattern, text)


@pytest.mark.parametrize("pattern", [
    "(a+)+b", "((a*)*)*b", "(a|a)*b", "(a|aa)+b", "((a?){99}){99}b", ".*" * 60 + "b", "(.*a){60}b", "((a{1,9}b?){1,9}c?)*d",
    "(([ab]{0,128}){0,128}){0,128}x", "(a?b?c?d?)*e",
])  # fmt: skip
def test_a_pattern_that_hangs_others_is_answered(pattern):
    """No clock decides here: where an engine goes back and tries again, this test would not end in a lifetime."""
    assert len(pattern) <= MAX_PATTERN
    assert not matches(pattern, "a" * 128)
    assert not matches(pattern, "ab" * 64 + "-")


@pytest.mark.parametrize("pattern", [
    "a" * 129, "(", ")", "[", "[]", "a{", "a{2,1}", "a{999}", "*a", "a++", "\\", "\\q", "\\1", "(?i)a", "(?<n>a)", "[z-a]",
    "[a&&b]", "((((a*)*)*)*)*",
])  # fmt: skip
def test_what_is_no_pattern_here_is_refused(pattern):
    with pytest.raises(PatternError) as error:
        matches(pattern, "a")

    assert 0 <= error.value.at <= len(pattern)
