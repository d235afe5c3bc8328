"""What administrators do may cost something, and the checker knows what: runs
told by hand, each with one thing that is allowed or is not."""

import pytest

from archive import Edition, join
from history import murmur2
from room_log import Record
from session_rules import Promise
from story import ROOM, TOPIC, Story, emitted, ids

DENIED = Promise(may_refuse={"access_denied": ("not_allowed",)})


def created():
    """As emitted(), in a topic that the journal knows."""
    return Story().begin_topic().connect("b").join("b").emit(*ids(0, 9))


# -- a topic that is created again --------------------------------------------

def test_a_gap_back_to_the_start_and_then_all_is_right():
    story = created().see("b", *ids(0, 6)).begin_topic().gap("b", 7, 0)
    story.emit("n0", "n1").see("b", "n0", "n1").end()
    assert story.violations() == []


def test_who_had_all_of_the_old_one_need_not_be_told():
    story = created().see("b", *ids(0, 9)).begin_topic()
    assert story.emit("n0").see("b", "n0").end().violations() == []


def test_without_a_gap_the_end_of_the_old_one_is_missing():
    story = created().see("b", *ids(0, 6)).begin_topic()
    story.emit("n0").see("b", "n0").end()
    violation, = story.violations()
    assert (violation.kind, violation.ids) == ("silent gap", ["e7", "e8", "e9"])


def test_a_position_that_outlives_its_log_is_caught():
    """The new log's records up to the old position are left out, silently."""
    story = created().see("b", *ids(0, 9)).begin_topic()
    story.emit(*[f"n{i}" for i in range(12)]).see("b", "n10", "n11").end()
    assert story.kinds() == ["silent gap"]


def test_a_new_log_of_which_nothing_comes_is_caught():
    story = created().see("b", *ids(0, 9)).begin_topic().emit("n0").end()
    assert story.kinds() == ["lost"]


def test_a_gap_back_to_the_start_excuses_nothing_of_the_new_log():
    story = created().see("b", *ids(0, 6)).begin_topic().gap("b", 7, 0)
    story.emit("n0", "n1").see("b", "n1").end()
    assert story.kinds() == ["silent gap"]


def test_a_gap_excuses_nothing_of_the_old_log_before_it():
    story = created().see("b", *ids(0, 3), *ids(5, 6)).begin_topic()
    story.gap("b", 7, 0).emit("n0").see("b", "n0").end()
    violation, = story.violations()
    assert (violation.kind, violation.ids) == ("silent gap", ["e4"])


def test_a_gap_back_to_where_a_log_begins_tells_of_what_is_deleted_before():
    """Also who has come to the new log, and was notified of a place of the
    old."""
    story = created().see("b", *ids(0, 9)).begin_topic().leave("b").join("b")
    story.emit("n0", "n1", "n2").gap("b", 10, 2).see("b", "n2").end()
    assert story.violations() == []
    story = created().see("b", *ids(0, 9)).begin_topic().leave("b").join("b")
    story.emit("n0", "n1", "n2").gap("b", 10, 1).see("b", "n2").end()
    assert [x.ids for x in story.violations()] == [["n1"]]


def test_a_gap_of_another_partition_excuses_only_what_comes_after():
    """Where the room lay in one partition, and lies in another now."""
    story = created().see("b", *ids(0, 3), *ids(5, 6)).begin_topic()
    story.gap("b", 7, 0, partition=3).emit("n0").see("b", "n0").end()
    assert [x.ids for x in story.violations()] == [["e4"]]


def test_an_offset_may_be_of_the_old_log_when_the_new_one_has_begun():
    """A node that has not heard of it yet tells it; the gap begins there."""
    story = created().see("b", *ids(0, 9)).leave("b").connect("c")
    told = story.here()
    since = story.begin_topic().join("c", offset=told).now
    story.emit("n0").disconnect("c").begin_topic()
    story.connect("c", sid="s2").join("c", since=since, offset=told)
    assert story.kinds() == ["lost"]
    assert story.gap("c", 10, 0).kinds() == []


@pytest.mark.parametrize("is_told", [True, False])
def test_of_a_new_log_only_who_was_notified_of_the_old_one_may_be_told_nothing(
        is_told):
    """It came and went before the node had heard of it."""
    story = created().see("b", *ids(0, 9)).leave("b").connect("c")
    told = story.here()
    story.begin_topic().join("c", offset=told if is_told else story.here())
    story.emit("n0").begin_topic().gap("c", 10, 0).emit("m0").see("c", "m0")
    assert story.end().kinds() == ([] if is_told else ["lost"])


@pytest.mark.parametrize("has_heard, kinds", [(False, []), (True, ["lost"])])
def test_what_replaced_the_end_of_a_log_may_go_unread_with_it(has_heard, kinds):
    """e6 to e9 were lost in an election and x0 stored in their place, before the
    topic was created again; of all that who was notified of 10 hears 10 to
    0."""
    story = created().see("b", *ids(0, 9)).leave("b").connect("c")
    told = story.here()
    story.lose_end(4)
    story.join("c", offset=story.here() if has_heard else told)
    story.emit("x0").begin_topic().gap("c", 10, 0).emit("n0").see("c", "n0")
    assert story.end().kinds() == kinds


def test_an_election_elsewhere_leaves_an_offset_in_its_edition():
    story = created().leave("b").connect("c")
    told = "0:0@1"
    since = story.join("c", offset=told).now
    story.emit("e10").begin_topic(2, elected=True, partition=1).disconnect("c")
    story.begin_topic().connect("c", sid="s2")
    story.join("c", since=since, offset=told).gap("c", 0, 0)
    assert story.emit("n0").see("c", "n0").end().kinds() == []


def test_after_an_election_elsewhere_a_gap_tells_of_what_was_before_it():
    story = created().see("b", *ids(0, 9)).begin_topic().emit("n0", "n1", "n2")
    story.begin_topic(2, elected=True, partition=1)
    story.offset = 3
    story.gap("b", 10, 0).delete_before(2).gap("b", 0, 2).see("b", "n2")
    assert story.end().violations() == []


def test_an_offset_of_no_log_that_there_was_is_caught():
    story = created().leave("b").join("b", offset="0:10@77.0").emit("x")
    assert story.see("b", "x").end().kinds() == ["unknown log"]


def test_events_of_the_old_log_after_those_of_the_new_are_caught():
    story = created().see("b", *ids(0, 8)).begin_topic()
    story.emit("n0").see("b", "n0", "e9").end()
    assert story.kinds() == ["out of order"]


def test_who_joins_the_new_topic_needs_nothing_of_the_old_one():
    story = created().see("b", *ids(0, 9)).begin_topic().connect("c").join("c")
    story.emit("n0").see("b", "n0").see("c", "n0").end()
    assert story.violations() == []


@pytest.mark.parametrize("begin, end, kinds", [
    (12, 17, []), (1, 3, ["acked and lost"])])
def test_only_what_was_acked_while_the_topic_was_deleted_may_be_gone(
        begin, end, kinds):
    story = Story().begin_topic().emit(*ids(0, 4))
    story.emit("x", stored=False)
    story.tell("unread", "topic", begin=begin, end=end)
    assert story.kinds() == kinds


@pytest.mark.parametrize("end, kinds", [(99, []), (9, ["never stored"])])
def test_only_then_may_it_have_been_delivered(end, kinds):
    story = created().see("b", *ids(0, 9))
    story.emit("x", stored=False, acked=False).see("b", "x")
    story.tell("unread", "topic", begin=1, end=end)
    assert story.kinds() == kinds


@pytest.mark.parametrize("unread, kinds", [(True, []), (False, ["stored twice"])])
def test_only_then_may_it_be_in_both_topics(unread, kinds):
    story = Story().begin_topic().emit("e0", acked=False).begin_topic()
    story.records.append(Record(TOPIC, 0, 0, ROOM, "e0", 1))
    if unread:
        story.tell("unread", "topic", begin=1, end=story.now)
    assert story.kinds() == kinds


def test_twice_in_one_topic_is_too_often_whenever_it_is():
    story = Story().begin_topic().emit("e0", acked=False)
    story.records.append(Record(TOPIC, 0, 1, ROOM, "e0"))
    story.tell("unread", "topic", begin=1, end=9)
    assert story.kinds() == ["stored twice"]


# -- records that are deleted -------------------------------------------------

def test_a_gap_over_deleted_records_is_right():
    story = created().see("b", *ids(0, 3)).delete_before(7).gap("b", 4, 7)
    assert story.see("b", *ids(7, 9)).end().violations() == []


def test_deleted_records_without_a_gap_are_caught():
    story = created().see("b", *ids(0, 3)).delete_before(7)
    assert story.see("b", *ids(7, 9)).end().kinds() == ["silent gap"]


def test_a_gap_over_records_that_are_there_is_caught():
    story = created().see("b", *ids(0, 3)).delete_before(6).gap("b", 4, 7)
    assert story.see("b", *ids(7, 9)).end().kinds() == ["needless gap"]


def test_a_gap_back_to_the_start_of_the_same_log_is_caught():
    story = created().see("b", *ids(0, 9)).gap("b", 10, 0)
    assert "needless gap" in story.end().kinds()


def lost_session(seconds, *others):
    """Some time after records were deleted."""
    story = emitted().see("b", *ids(0, 9))
    story.tell("fault", "records_deleted", number=1)
    for number in others:
        story.tell("fault", "kafka_cut", number=number)
    story.tell("healed", "records_deleted", number=1)
    story.now += seconds
    for number in others:
        story.tell("healed", "kafka_cut", number=number)
    return story.disconnect("b").connect("b", sid="s2")


def test_a_session_may_be_lost_until_members_can_have_read_past_what_is_gone():
    promise = Promise(window=120, may_lose=frozenset(["records_deleted"]))
    assert lost_session(5).kinds(promise) == []
    assert lost_session(60).kinds(promise) == ["not recovered"]
    assert lost_session(60, 2).kinds(promise) == []


# -- an unclean election ------------------------------------------------------

def test_what_an_election_has_cut_off_nobody_owes():
    story = created().see("b", *ids(0, 6)).lose_end(3)
    assert story.emit("n7").see("b", "n7").end().violations() == []


def test_who_has_seen_what_was_cut_off_is_told_and_gets_what_follows():
    story = created().see("b", *ids(0, 9)).lose_end(3).gap("b", 10, 7)
    assert story.emit("n7").see("b", "n7").end().violations() == []


def test_what_takes_the_place_of_what_was_cut_off_must_come():
    story = created().see("b", *ids(0, 9)).lose_end(3)
    story.emit("n7", "n8", "n9", "n10").see("b", "n10").end()
    assert story.kinds() == ["silent gap"]


def test_an_election_excuses_nothing_that_is_still_there():
    story = created().see("b", *ids(0, 4)).lose_end(3)
    violation, = story.emit("n7").see("b", "n7").end().violations()
    assert (violation.kind, violation.ids) == ("silent gap", ["e5", "e6"])


def test_who_is_notified_that_it_goes_on_in_front_gets_that_again():
    story = created().see("b", *ids(0, 9)).lose_end(3).gap("b", 10, 5)
    story.emit("n7").see("b", "e5", "e6", "n7").end()
    assert story.violations() == []
    story = created().see("b", *ids(0, 9)).lose_end(3).gap("b", 10, 5)
    assert story.emit("n7").see("b", "e4", "e5", "e6", "n7").end().kinds() == [
        "delivered twice"]
    story = created().see("b", *ids(0, 9)).lose_end(3)
    assert story.emit("n7").see("b", "e5", "e6", "n7").end().kinds() == [
        "delivered twice"] * 2


def test_an_election_in_another_partition_excuses_nothing():
    story = created().see("b", *ids(0, 6))
    story.begin_topic(2, elected=True, partition=1)
    story.offset = 10
    story.gap("b", 5, 3, partition=1).emit("n0").see("b", "n0").end()
    assert story.kinds() == ["silent gap"]


def test_an_offset_is_of_no_edition_that_began_after_it():
    """An election in another partition leaves the log's name as it was."""
    story = created().see("b", *ids(0, 9)).connect("c")
    story.join("c", offset=story.here()).emit("x0", "x1").delete_before(12)
    story.gap("b", 10, 12).gap("c", 10, 12)
    story.begin_topic(2, elected=True, partition=1)
    story.offset = 12
    story.emit("n0").see("b", "n0").see("c", "n0").end()
    assert story.violations() == []


def test_who_comes_from_a_former_topic_comes_to_the_start_of_the_new_one():
    """Also where that has lost its end since, which they had nothing of; and
    whatever their other partitions are told first."""
    def story():
        story = created().see("b", *ids(0, 9)).begin_topic(2)
        story.emit("n0", "n1", "n2").lose_end(1).delete_before(1)
        return story.gap("b", 4, 0, partition=1).gap("b", 10, 0)
    assert story().gap("b", 0, 1).see("b", "n1").emit("n3").see(
        "b", "n3").end().violations() == []
    assert story().gap("b", 0, 1).emit("n3").see(
        "b", "n3").end().kinds() == ["silent gap"]


def read(number, records, **more):
    edition = Edition(number, **more)
    for offset, id in records.items():
        edition.add(Record(TOPIC, 0, offset, ROOM, id, number))
    return edition


def test_the_archive_joins_what_an_election_has_left():
    found = join([read(0, {1: "a", 2: "b", 3: "c", 4: "d"}),
                  read(1, {2: "b", 3: "x"}, elected=True, starts={0: 2})])
    assert [(x.id, x.edition, x.cut) for x in found] == [
        ("a", 0, False), ("b", 0, False), ("c", 0, True), ("d", 0, True),
        ("x", 1, False)]


def test_the_archive_keeps_the_logs_of_two_topics_apart():
    found = join([read(0, {0: "a"}), read(1, {0: "a", 1: "b"})])
    assert [(x.id, x.edition, x.cut) for x in found] == [
        ("a", 0, False), ("a", 1, False), ("b", 1, False)]


# -- partitions ---------------------------------------------------------------

@pytest.mark.parametrize("key, hash", [
    # Of Kafka's own tests, without the sign.
    ("21", -973932308), ("foobar", -790332482), ("a-little-bit-long-string",
                                                 -985981536)])
def test_keys_are_hashed_as_kafka_does(key, hash):
    assert murmur2(key.encode()) == hash & 0x7FFFFFFF


def in_partitions(*partitions, **more):
    """One emit of room:1 into each; of 6 partitions, its home is 3."""
    story = Story().begin_topic(partitions=6)
    for i, partition in enumerate(partitions):
        story.tell("emit", "a", ROOM, f"e{i}", connection=1, **more)
        story.records.append(Record(TOPIC, partition, i, ROOM, f"e{i}"))
    return story


def test_a_record_away_from_home_is_caught():
    assert in_partitions(3).kinds() == []
    assert in_partitions(3, 5).kinds() == ["wrong partition"]


def test_a_room_moves_with_the_number_of_partitions():
    story = in_partitions(3, 7)
    story.tell("partitions", "topic", number=0, partitions=8)
    assert story.kinds() == []


def test_what_waits_while_its_topic_is_created_again_keeps_its_partition():
    def story(emitted_in):
        result = Story()
        for edition, count in enumerate((6, 8, 10)):
            result.begin_topic(count)
            if edition == emitted_in:
                result.tell("emit", "a", ROOM, "e0", connection=1)
        result.records.append(Record(TOPIC, 3, 0, ROOM, "e0", 2))
        return result.kinds()
    assert story(emitted_in=0) == []
    assert story(emitted_in=2) == ["wrong partition"]


def test_another_partitioner_may_write_anywhere_and_is_read():
    assert in_partitions(5, misplaced=True).kinds() == []
    story = Story().begin_topic(6).connect("b").join("b")
    for partition, id in ((3, "m"), (5, "x")):
        story.tell("emit", "k", ROOM, id, connection=1, misplaced=True)
        story.records.append(Record(TOPIC, partition, 0, ROOM, id))
    assert story.see("b", "m").kinds() == ["lost"]
    assert story.see("b", "x").kinds() == []  # in any order


def test_a_join_since_an_offset_brings_what_lies_in_other_partitions_too():
    story = Story().begin_topic(6).connect("b").join("b")
    since = story.now
    story.tell("emit", "k", ROOM, "x", connection=1, misplaced=True)
    story.records.append(Record(TOPIC, 5, 0, ROOM, "x"))
    assert story.kinds() == ["lost"]
    story.connect("b", sid="s2").join("b", since=since)
    assert story.kinds() == ["lost"]
    assert story.see("b", "x").kinds() == []


# -- requests that do not wait ------------------------------------------------

def test_who_joins_leaves_and_joins_at_once_is_a_member():
    def story():
        story = Story().connect("b").ask("joining", "b", 1)
        story.ask("leaving", "b", 2).ask("joining", "b", 3)
        return story
    answered = story().answer("joined", "b", 1).answer("left", "b", 2)
    answered.answer("joined", "b", 3).emit("e0")
    assert answered.end().kinds() == ["lost"]
    assert answered.see("b", "e0").kinds() == []
    other_way = story().answer("joined", "b", 1).answer("joined", "b", 3)
    other_way.answer("left", "b", 2).emit("e0").end()
    assert other_way.kinds() == ["lost"]
    assert other_way.see("b", "e0").kinds() == []


def test_who_leaves_at_once_is_none():
    story = Story().connect("b").ask("joining", "b", 1).ask("leaving", "b", 2)
    story.answer("joined", "b", 1).answer("left", "b", 2).emit("e0").end()
    assert story.kinds() == []
    assert story.see("b", "e0").kinds() == ["not a member"]


@pytest.mark.parametrize("seconds, kinds", [(1, []), (60, ["never answered"])])
def test_a_request_without_an_answer_is_caught(seconds, kinds):
    story = Story().connect("b").ask("joining", "b", 1).ask("leaving", "b", 2)
    story.answer("left", "b", 2)
    story.now += seconds
    assert story.tell("quiet", "run").kinds() == kinds


def test_a_connection_that_ends_answers_nothing_more():
    story = Story().connect("b").ask("joining", "b", 1).disconnect("b")
    story.now += 60
    assert story.tell("quiet", "run").kinds() == []


# -- refusals -----------------------------------------------------------------

def refused(code, size=100):
    story = Story().tell("emit", "a", ROOM, "e0", connection=1, size=size)
    return story.tell("nack", "a", ROOM, "e0", code=code)


def test_only_codes_of_the_closed_list_are_known():
    assert refused("unavailable").kinds() == []
    assert refused("no_idea").kinds() == ["unknown code"]


def test_what_is_small_is_not_too_large():
    assert refused("too_large").kinds() == ["refused for nothing"]
    assert refused("too_large", size=2_000_000).kinds() == []


@pytest.mark.parametrize("size, kinds", [
    (1000, ["refused for nothing"]), (4000, [])])
def test_a_lower_limit_holds_for_what_is_larger(size, kinds):
    story = Story().tell("limit", "topic", bytes=4096)
    story.tell("emit", "a", ROOM, "e0", connection=1, size=size)
    assert story.tell("nack", "a", ROOM, "e0", code="too_large").kinds() == kinds


def test_not_allowed_needs_somebody_who_has_denied_it():
    story = Story().tell("fault", "access_denied", number=1)
    story.tell("emit", "a", ROOM, "e0", connection=1)
    story.tell("nack", "a", ROOM, "e0", code="not_allowed")
    assert story.kinds() == ["refused for nothing"]
    assert story.kinds(DENIED) == []
    story.tell("healed", "access_denied", number=1)
    story.now += 60
    story.tell("emit", "a", ROOM, "e1", connection=1)
    story.tell("nack", "a", ROOM, "e1", code="not_allowed")
    assert story.kinds(DENIED) == ["refused for nothing"]


# -- operators ----------------------------------------------------------------

def without_events(name="foreign_consumer", seen=(), **looked):
    story = Story().connect("b").join("b")
    story.tell("fault", name, number=1, target="it").emit(*ids(0, 9))
    story.see("b", *seen)
    story.tell("looked", name, number=1, needs=6,
               **{"not_ready": False, "warned": False, **looked})
    return story.tell("healed", name, number=1).see(
        "b", *(x for x in ids(0, 9) if x not in seen))


def test_a_node_that_is_ready_while_clients_get_nothing_is_caught():
    assert without_events().kinds() == ["untold"]
    assert without_events(not_ready=True).kinds() == []


def test_where_clients_feel_nothing_nothing_need_be_told():
    assert without_events(seen=ids(0, 9)).kinds() == []


def test_a_warning_suffices_only_where_it_says_what_is_wrong():
    assert without_events(warned=True).kinds() == ["untold"]
    assert without_events("access_denied", warned=True).kinds() == []


def test_beside_another_fault_nobody_knows_whose_doing_it_was():
    story = without_events()
    story.tell("fault", "link_stall", number=2, target="it")
    story.entries.insert(0, story.entries.pop())
    story.tell("healed", "link_stall", number=2)
    assert story.kinds() == []
