"""A back end's transaction while brokers fail: tests/chaos/foreigners.py."""

import pytest

import foreigners
from foreigners import Transaction, TransactionFailed

AGAIN, ABORT, OVER = "again", "abort", "over"  # kinds of librdkafka's errors


class Library:
    """Answers each call as it is told to, then with success."""

    def __init__(self, **answers):
        self.answers, self.calls, self.open = answers, [], 0

    def answer(self, function):
        self.calls.append(function)
        left = self.answers.get(function, [])
        error = left.pop(0) if left else None
        self.open += bool(error)
        return error

    def __getattr__(self, name):
        function = name.removeprefix("rd_kafka_")
        return lambda *_: self.answer(function)

    def rd_kafka_error_string(self, error):
        return error.encode()

    def rd_kafka_error_is_fatal(self, error):
        return error == OVER

    def rd_kafka_error_is_retriable(self, error):
        return error == AGAIN

    def rd_kafka_error_destroy(self, _):
        self.open -= 1


def transaction(**answers):
    made = Transaction.__new__(Transaction)
    made.library, made.client = Library(**answers), None
    return made


def test_a_call_is_made_again_while_brokers_are_down():
    made = transaction(init_transactions=[AGAIN, AGAIN])
    made.begin()
    assert made.library.calls == 3 * ["init_transactions"] + [
        "begin_transaction"]
    assert made.library.open == 0


def test_nobody_waits_for_brokers_forever(monkeypatch):
    monkeypatch.setattr(foreigners, "PATIENCE", 0)
    made = transaction(init_transactions=[AGAIN, AGAIN])
    with pytest.raises(TransactionFailed, match="init_transactions: again"):
        made.begin()
    assert made.library.open == 0


@pytest.mark.parametrize("error", [ABORT, OVER])
def test_what_cannot_be_committed_is_aborted(error):
    made = transaction(commit_transaction=[error],
                       abort_transaction=[error] if error == OVER else [])
    made.commit()
    assert made.library.calls == ["commit_transaction", "abort_transaction"]


def test_what_cannot_be_aborted_is_told():
    made = transaction(abort_transaction=[ABORT])
    with pytest.raises(TransactionFailed, match="abort_transaction: abort"):
        made.abort()
