"""schemas/admin.openapi.yaml is what a node answers: whatever is asked that it
allows is answered as it says, and whatever is not is refused."""

import copy
import re
import urllib.parse

import jsonschema
import openapi_spec_validator
import pytest
import schemathesis
import yaml
from schemathesis.specs.openapi.checks import positive_data_acceptance

from raw_client import RawClient
from waiting import wait_until
from weir_node import CHAT, ROOT, WeirNode

FILE = ROOT / "schemas/admin.openapi.yaml"
SPECIFICATION = yaml.safe_load(FILE.read_text())
CONFIG = f"""
[kafka]
embedded = true
[cluster]
node = "whom-no-question-names"
{CHAT}"""

# That one of several parameters must be there, the document cannot say.
ONE_OF_SEVERAL = "/v1/emit", "/v1/join", "/v1/leave"

schema = schemathesis.openapi.from_dict(SPECIFICATION)


@pytest.fixture(scope="module")
def node():
    """With a client, so that there is something to tell."""
    with WeirNode(CONFIG) as node, RawClient(node.port) as client:
        client.join("chat:1")
        node.client = client
        yield node


def test_it_is_an_openapi_document():
    openapi_spec_validator.validate(SPECIFICATION)


@schema.parametrize()
def test_every_answer_is_as_it_says(case, node):
    case.call_and_validate(
        base_url=f"http://127.0.0.1:{node.admin_port}",
        excluded_checks=[positive_data_acceptance]
        if case.operation.path in ONE_OF_SEVERAL else [])


def closed(value):
    """Where a field that is not described is a mistake."""
    value = copy.deepcopy(value)
    for x in value["components"]["schemas"].values():
        if x["type"] == "object":
            x["additionalProperties"] = False
    return value


@pytest.mark.parametrize("path,name", [
    ("/readyz", "Readiness"), ("/v1/actors", "Actors"),
    ("/v1/actors?busiest=true", "Actors"), ("/v1/nodes", "Nodes"),
    ("/v1/hot", "Hot"),
    ("/v1/partitions", "Partitions"), ("/v1/rooms", "Rooms"),
    ("/v1/rooms/chat:1", "Rooms"), ("/v1/connections", "Connections"),
    ("/v1/connections/{socket}", "Connections"),
    ("/v1/connections?detail=true", "Connections"),
    ("/v1/servers", "Servers")])
def test_every_field_is_described(node, path, name):
    socket = urllib.parse.quote(node.client.socket_id)
    path = path.replace("{socket}", socket)
    if name == "Hot":
        node.client.emit("say", {"room": "chat:1"})
        wait_until(lambda: node.get(path)[1]["hot"], "something to be hot")
    status, body = node.get(path)
    assert status == 200
    if name not in ("Readiness", "Nodes"):
        assert next(iter(body.values())), "nothing to compare"
    assert "busiest" not in path or body["busiest"]
    jsonschema.Draft202012Validator(
        {"$ref": f"#/components/schemas/{name}", **closed(SPECIFICATION)}
    ).validate(body)


def test_every_field_of_a_record_is_described(node):
    stored = node.client.emit("say", {"room": "chat:1"})
    path = (f"/v1/records?topic=chat&from={stored['partition']}:"
            f"{stored['offset']}")
    body = wait_until(
        lambda: (x := node.get(path)[1])["records"] and x, "the record")
    jsonschema.Draft202012Validator(
        {"$ref": "#/components/schemas/Records", **closed(SPECIFICATION)}
    ).validate(body)


def test_every_message_of_the_proto_file_is_in_it():
    text = (ROOT / "schemas/weir/v1/status.proto").read_text()
    for name, fields in re.findall(r"^message (\w+) \{(.*?)^\}", text,
                                   re.S | re.M):
        found = SPECIFICATION["components"]["schemas"][name]["properties"]
        assert list(found) == re.findall(r" (\w+) = \d+;", fields), name


def test_every_path_that_the_node_names_is_in_it(node):
    status, text = node.get("/v1/unknown")
    assert status == 404
    named = set(re.findall(r"/[\w/{}]+", text))
    assert named and named <= set(SPECIFICATION["paths"])


def test_the_one_who_is_asked_for_is_still_there(node):
    """None of the questions above has sent it away."""
    wait_until(lambda: node.get("/v1/rooms/chat:1")[0] == 200, "its room")
