"""The Helm chart is linted and rendered by Helm's own library, and what it tells a
node is a configuration that is right."""

import json
import os
import pathlib
import shutil
import subprocess

import pytest

from tls_authority import Authority
from waiting import PATIENCE
from weir_node import ROOT, binary

CHART = ROOT / "tools/package/helm/weir"
HERE = pathlib.Path(__file__).resolve().parent
EVERYTHING = {
    "adminToken": "weir-admin", "tls": "weir-tls", "replicas": 1,
    "trustProxy": ["10.0.0.0/8", "fd00::/8"], "podLabels": {"team": "chat"},
    "podAnnotations": {"note": "a"}, "nodeSelector": {"disk": "none"},
    "tolerations": [{"key": "spot", "operator": "Exists"}],
    "env": [{"name": "WEIR_LOG_FORMAT", "value": "json"}],
    "serviceMonitor": {"enabled": True, "labels": {"release": "prometheus"}}}


@pytest.fixture(scope="module")
def helm(tmp_path_factory):
    """Renders the chart; objects by kind and name."""
    if not shutil.which("go"):
        pytest.skip("there is no Go to build Helm's library with")
    program = tmp_path_factory.mktemp("helm") / "helm"
    subprocess.run(["go", "build", "-o", str(program), "."], cwd=HERE / "helm",
                   check=True)

    def render(values):
        done = subprocess.run([str(program), str(CHART), json.dumps(values)],
                              text=True, capture_output=True)
        assert done.returncode == 0, done.stderr
        found = json.loads(done.stdout)
        assert found["complaints"] == []
        return {(x["kind"], x["metadata"]["name"]): x for x in found["objects"]}
    return render


def container(objects):
    pod = objects["StatefulSet", "weir"]["spec"]["template"]["spec"]
    one, = pod["containers"]
    return one


def test_what_is_rendered_hangs_together(helm):
    objects = helm({})
    assert set(objects) == {
        ("StatefulSet", "weir"), ("Service", "weir"), ("Service", "weir-nodes"),
        ("ConfigMap", "weir"), ("PodDisruptionBudget", "weir")}
    spec = objects["StatefulSet", "weir"]["spec"]
    assert spec["serviceName"] == "weir-nodes"
    nodes = objects["Service", "weir-nodes"]["spec"]
    assert (nodes["clusterIP"], nodes["publishNotReadyAddresses"]) == (
        "None", True)
    labels = spec["template"]["metadata"]["labels"]
    for selector in (spec["selector"]["matchLabels"], nodes["selector"],
                     objects["Service", "weir"]["spec"]["selector"],
                     objects["PodDisruptionBudget", "weir"]["spec"]["selector"][
                         "matchLabels"]):
        assert selector and selector.items() <= labels.items()
    ports = {x["name"] for x in container(objects)["ports"]}
    for service in ("weir", "weir-nodes"):
        for port in objects["Service", service]["spec"]["ports"]:
            assert port["targetPort"] in ports


def test_probes_ask_a_port_that_is_open_to_them(helm):
    for values, scheme in ({}, "HTTP"), (EVERYTHING, "HTTPS"):
        one = container(helm(values))
        asked = {kind: one[f"{kind}Probe"]["httpGet"]
                 for kind in ("startup", "liveness", "readiness")}
        assert {k: x["path"] for k, x in asked.items()} == {
            "startup": "/livez", "liveness": "/livez", "readiness": "/readyz"}
        assert {(x["port"], x["scheme"]) for x in asked.values()} == {
            ("clients", scheme)}
        assert environment(one, {})["WEIR_SERVER_HEALTH"] == "true"


def test_a_node_has_the_time_to_drain_and_goes_alone(helm):
    objects = helm({})
    pod = objects["StatefulSet", "weir"]["spec"]["template"]["spec"]
    sleeps = int(container(objects)["lifecycle"]["preStop"]["exec"]["command"][1])
    assert pod["terminationGracePeriodSeconds"] > sleeps + 5 + 29
    assert objects["PodDisruptionBudget", "weir"]["spec"]["maxUnavailable"] == 1


def test_it_has_no_rights_and_writes_nowhere(helm):
    objects = helm(EVERYTHING)
    pod = objects["StatefulSet", "weir"]["spec"]["template"]["spec"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["automountServiceAccountToken"] is False
    assert container(objects)["securityContext"] == {
        "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]}}
    assert all(x["readOnly"] for x in container(objects)["volumeMounts"])


def test_prometheus_is_led_to_the_metrics_with_the_token(helm):
    objects = helm(EVERYTHING)
    monitor = objects["ServiceMonitor", "weir"]
    endpoint, = monitor["spec"]["endpoints"]
    service = objects["Service", "weir-nodes"]
    assert monitor["spec"]["selector"]["matchLabels"].items() <= service[
        "metadata"]["labels"].items()
    assert endpoint["port"] in [x["name"] for x in service["spec"]["ports"]]
    assert endpoint["authorization"]["credentials"] == {"name": "weir-admin",
                                                        "key": "token"}


def environment(one, secrets):
    """What its variables are in the pod weir-0."""
    found = {"WEIR_CLUSTER_NODE": "weir-0"}
    for x in one["env"]:
        if "value" in x:
            found[x["name"]] = x["value"].replace(
                "$(WEIR_CLUSTER_NODE)", "weir-0")
        elif secret := x["valueFrom"].get("secretKeyRef"):
            found[x["name"]] = secrets.get(secret["name"], "")
    return found


@pytest.mark.parametrize("values", [{}, EVERYTHING])
def test_what_a_node_is_told_is_right(helm, tmp_path, values):
    """By `weir check`, with secrets as they would be."""
    objects = helm(values)
    config = tmp_path / "weir.toml"
    config.write_text(objects["ConfigMap", "weir"]["data"]["weir.toml"])
    authority = Authority(tmp_path)
    certificate, key = authority.issue("weir-0")
    variables = environment(container(objects), {
        "weir-cluster": "0123456789abcdef0123", "weir-admin": "t" * 32})
    files = {"tls.crt": certificate, "tls.key": key, "ca.crt": authority.file}
    for name, value in variables.items():
        if pathlib.PurePath(value).name in files:
            variables[name] = str(files[pathlib.PurePath(value).name])
    done = subprocess.run(
        [binary(), "check", str(config)], text=True, capture_output=True,
        timeout=PATIENCE, env={"PATH": os.environ["PATH"], **variables})
    assert done.returncode == 0, done.stdout + done.stderr
    seeds = variables["WEIR_CLUSTER_SEEDS"].split(",")
    assert seeds == [f"weir-{i}.weir-nodes:7400" for i in range(
        min(2, values.get("replicas", 3)))]
    assert variables["WEIR_CLUSTER_ADVERTISE"] == seeds[0]
