"""The checker finds what is wrong, and nothing else."""

import pytest

from figures import merge
from session_rules import Promise
from story import ROOM, Story, emitted, ids

RECOVERY = Promise(window=120)


# -- what is allowed ----------------------------------------------------------

def test_a_member_that_sees_all_is_well():
    assert emitted().see("b", *ids(0, 9)).end().violations() == []


def test_a_recovered_session_goes_on_where_it_was():
    story = emitted().see("b", *ids(0, 4)).disconnect("b")
    story.connect("b", recovered=True).see("b", *ids(5, 9)).end()
    assert story.violations(RECOVERY) == []


def test_a_new_session_may_miss_what_was_before_it():
    story = emitted().see("b", *ids(0, 4)).disconnect("b")
    story.connect("b", sid="s2").join("b").emit("e10").see("b", "e10").end()
    assert story.violations() == []


def test_a_gap_that_is_told_excuses_its_offsets():
    story = emitted().see("b", *ids(0, 3)).delete_before(6).gap("b", 4, 6)
    assert story.see("b", *ids(6, 9)).end().violations() == []


def test_who_was_put_out_and_joins_again_may_miss_what_was_between():
    story = emitted().see("b", *ids(0, 4)).tell("put_out", "b", ROOM)
    story.join("b").emit("e10")
    assert story.see("b", "e10").end().violations() == []


@pytest.mark.parametrize("spoiled, found", [(False, []), (True, ["let in"])])
def test_nobody_is_let_in_without_the_webhook(spoiled, found):
    story = emitted().see("b", *ids(0, 9)).tell("webhook", "webhook", good=False)
    if not spoiled:
        story.tell("webhook", "webhook", good=True)
    assert story.connect("c").end().kinds() == found


def test_who_has_asked_before_the_webhook_was_spoiled_may_be_let_in():
    story = emitted().see("b", *ids(0, 9)).tell("connecting", "c", pid=False)
    story.tell("webhook", "webhook", good=False)
    story.tell("connected", "c", sid="s1", recovered=False, node="a")
    assert story.end().kinds() == []


def test_records_from_before_the_join_need_not_be_seen():
    story = Story().emit(*ids(0, 4)).connect("b").join("b").emit(*ids(5, 9))
    assert story.see("b", *ids(5, 9)).end().violations() == []
    story = Story().emit(*ids(0, 4)).connect("b").join("b").emit(*ids(5, 9))
    assert story.see("b", *ids(3, 9)).end().violations() == []


def test_an_emit_that_was_not_answered_may_be_stored_or_not():
    story = emitted().emit("e10", acked=False)
    story.emit("x", stored=False, acked=False)
    assert story.see("b", *ids(0, 10)).end().violations() == []


def test_a_join_since_goes_on_where_the_member_left():
    story = emitted().see("b", *ids(0, 4)).leave("b")
    story.join("b", since="left")
    assert story.see("b", *ids(5, 9)).end().violations() == []


def test_a_join_since_an_earlier_one_sees_what_that_one_was_to_see():
    def story():
        story = emitted().see("b", *ids(0, 4))
        since = next(x.at for x in story.entries if x.what == "joined")
        return story.connect("b", sid="s2").join("b", since=since)
    assert story().see("b", *ids(0, 9)).end().violations() == []
    assert story().see("b", *ids(3, 9)).end().kinds() == ["lost"]


# -- mutations ----------------------------------------------------------------

def test_a_dropped_record_is_caught():
    story = emitted().see("b", *ids(0, 3), *ids(5, 9)).end()
    violation, = story.violations()
    assert (violation.kind, violation.ids) == ("silent gap", ["e4"])
    assert (violation.who, violation.room) == ("b", ROOM)


def test_a_record_dropped_at_the_end_is_caught():
    story = emitted().see("b", *ids(0, 8)).end()
    assert story.kinds() == ["lost"]


def test_a_record_dropped_right_after_the_join_is_caught():
    story = emitted().see("b", *ids(1, 9)).end()
    assert story.kinds() == ["lost"]


def test_a_member_that_sees_nothing_at_all_is_caught():
    assert emitted().end().kinds() == ["lost"]


def test_a_record_delivered_twice_is_caught():
    story = emitted().see("b", *ids(0, 4), *ids(4, 9)).end()
    assert story.kinds() == ["delivered twice"]


def test_two_swapped_records_are_caught():
    story = emitted().see("b", *ids(0, 3), "e5", "e4", *ids(6, 9)).end()
    assert story.kinds() == ["out of order"]


def test_an_ack_before_the_delivery_report_is_caught():
    """The broker never took it: the place is empty, or another's."""
    story = Story().emit("e0", stored=False)
    assert story.kinds() == ["acked and lost"]
    story = Story().emit("e0", stored=False).emit("e1")
    assert story.kinds() == ["acked and lost"]


def test_a_cursor_lost_at_reconnect_is_caught():
    """Too far ahead: a hole."""
    story = emitted().see("b", *ids(0, 3)).disconnect("b")
    story.connect("b", recovered=True).see("b", *ids(6, 9)).end()
    assert story.kinds(RECOVERY) == ["silent gap"]


def test_a_cursor_set_back_at_reconnect_is_caught():
    story = emitted().see("b", *ids(0, 5)).disconnect("b")
    story.connect("b", recovered=True).see("b", *ids(5, 9)).end()
    assert story.kinds(RECOVERY) == ["delivered twice"]


def test_a_room_forgotten_at_reconnect_is_caught():
    story = emitted().see("b", *ids(0, 9)).disconnect("b")
    story.connect("b", recovered=True).emit("e10").end()
    assert story.kinds(RECOVERY) == ["lost"]


# -- sessions -----------------------------------------------------------------

def test_a_session_that_should_have_come_back_is_caught():
    story = emitted().see("b", *ids(0, 9)).disconnect("b")
    story.connect("b", sid="s2").join("b").emit("e10").see("b", "e10").end()
    assert story.kinds(RECOVERY) == ["not recovered"]


def test_a_fault_that_may_cost_a_session_excuses_it():
    story = emitted().see("b", *ids(0, 9))
    story.tell("fault", "node_kill", number=1).disconnect("b")
    story.connect("b", sid="s2").join("b")
    story.tell("healed", "node_kill", number=1).emit("e10").see("b", "e10").end()
    assert story.kinds(RECOVERY) == ["not recovered"]
    promise = Promise(window=120, may_lose=frozenset(["node_kill"]))
    assert story.kinds(promise) == []


@pytest.mark.parametrize("before, after, kinds", [
    ("a", "b", []), ("b", "a", []), ("b", "balancer", []),
    ("b", "c", ["not recovered"])])
def test_a_fault_of_a_node_excuses_only_its_clients(before, after, kinds):
    story = Story().connect("b", node=before)
    story.tell("fault", "clock_leap", number=1, node="a").disconnect("b")
    story.connect("b", sid="s2", node=after)
    promise = Promise(window=120, may_lose=frozenset(["clock_leap"]))
    assert story.kinds(promise) == kinds


def test_a_client_without_an_offset_may_lose_its_session():
    story = Story().connect("b").disconnect("b")
    story.connect("b", sid="s2", fresh_offset=False)
    assert story.kinds(RECOVERY) == []


def test_a_session_that_comes_back_under_another_sid_is_caught():
    story = Story().connect("b").disconnect("b")
    story.connect("b", sid="s2", recovered=True)
    assert story.kinds(RECOVERY) == ["another sid"]


# -- the rest -----------------------------------------------------------------

def test_a_gap_excuses_nothing_but_its_offsets():
    story = emitted().see("b", *ids(0, 3)).delete_before(7).gap("b", 4, 6)
    story.see("b", *ids(7, 9)).end()
    violation, = story.violations()
    assert (violation.kind, violation.ids) == ("silent gap", ["e6"])


def test_a_record_stored_twice_is_caught():
    story = Story().emit("e0")
    story.emit("e0", acked=False)
    assert "stored twice" in story.kinds()


def test_an_event_that_was_never_stored_is_caught():
    assert "never stored" in emitted().see("b", *ids(0, 9), "x").end().kinds()


@pytest.mark.parametrize("code, kinds", [
    ("unavailable", ["refused but stored"]), ("timeout", [])])
def test_what_is_refused_is_not_stored(code, kinds):
    story = Story().emit("e0", acked=False).tell("nack", "a", ROOM, "e0",
                                                 code=code)
    assert story.kinds() == kinds


def test_a_second_ack_is_caught():
    story = Story().emit("e0")
    story.tell("nack", "a", ROOM, "e0", code="timeout")
    assert story.kinds() == ["acked twice"]


def test_an_offset_from_before_the_room_was_joined_again_is_caught():
    story = emitted().see("b", *ids(0, 4)).leave("b").join("b").emit("e10")
    story.see("b", "e10").disconnect("b").connect("b", recovered=True)
    story.see("b", "e8", "e9", "e10").end()
    assert story.kinds(RECOVERY) == ["out of order", "out of order",
                                     "delivered twice"]


def test_events_after_leaving_are_caught():
    story = emitted().see("b", *ids(0, 9)).leave("b").emit("e10")
    assert story.see("b", "e10").end().kinds() == ["not a member"]


def test_emits_of_one_connection_keep_their_order():
    story = Story().emit("e0", "e1")
    story.entries[0], story.entries[2] = story.entries[2], story.entries[0]
    story.entries[0].at, story.entries[2].at = 1.0, 3.0
    assert story.kinds() == ["stored out of order"]


@pytest.mark.parametrize("read, kinds", [
    (1000, []), (1010, []), (1500, ["read twice"]), (0, ["never read"])])
def test_what_brokers_count_says_whether_it_was_read_once(read, kinds):
    story = Story().tell("traffic", "brokers", written=1000, read=read)
    assert story.kinds() == kinds


def test_times_are_those_of_runs_in_which_a_fault_was_alone():
    def run(alone, **worst):
        return {"alone": alone, "faults": {
            x: {"times": 1, "violations": 0, "worst_after": y}
            for x, y in worst.items()}}
    runs = [run(False, storm=9.0, half_open=8.0), run(True, storm=2.0)]
    assert merge(runs) == {
        "storm": {"times": 2, "violations": 0, "worst_after": 2.0},
        "half_open": {"times": 1, "violations": 0}}
