"""The checker of test_order.py finds what there is to find."""

from history import problems, unstored

LOG = {"a": [1, 2, 3, 4], "b": [5, 6]}


def seen(a, b=(5, 6)):
    return {("ann", "a"): list(a), ("bob", "b"): list(b)}


def test_a_faithful_history_is_fine():
    assert problems(LOG, seen([1, 2, 3, 4])) == []


def test_a_lost_event_is_found():
    assert problems(LOG, seen([1, 2, 4])) == ["ann in a: lost [3]"]


def test_a_lost_end_is_found():
    assert problems(LOG, seen([1, 2, 3])) == ["ann in a: lost [4]"]


def test_a_member_that_saw_nothing_is_found():
    assert problems(LOG, seen([1, 2, 3, 4], [])) == ["bob in b: lost [5, 6]"]


def test_a_doubled_event_is_found():
    assert problems(LOG, seen([1, 2, 2, 3, 4])) == ["ann in a: got twice [2]"]


def test_swapped_events_are_found():
    assert problems(LOG, seen([1, 3, 2, 4])) == [
        "ann in a: out of order at 1: 3 instead of 2"]


def test_an_event_of_another_room_is_found():
    assert problems(LOG, seen([1, 2, 3, 4], [5, 3, 6])) == [
        "bob in b: never stored [3]"]


def test_an_event_that_is_stored_twice_is_found():
    log = {"a": [1, 2, 2]}
    assert "a: stored twice: [2]" in problems(log, {("ann", "a"): [1, 2, 2]})


def test_a_lost_and_doubled_event_do_not_cancel_out():
    assert problems(LOG, seen([1, 2, 2, 4])) == ["ann in a: lost [3]",
                                                 "ann in a: got twice [2]"]


def test_an_ack_for_what_is_not_there_is_found():
    acked = {1: ("a", 0, 0), 2: ("a", 0, 1), 3: ("a", 0, 2)}
    logs = {("a", 0, 0): 1, ("a", 0, 1): 7}
    assert unstored(acked, logs) == [
        "2: acked as ('a', 0, 1), where there is 7",
        "3: acked as ('a', 0, 2), where there is None"]
