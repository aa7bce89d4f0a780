"""The files in deploy/: valid by the platforms' own schemas, calm when they stop, and standing when a zone is lost."""

import copy
import math

import pytest
import yaml

from engine import catalog, importers, run
from engine.containers.asks import StopAsk
from engine.containers.stopping import stop
from engine.importers import kubernetes, ours
from engine.importers.kubernetes import schemas
from engine.importers.yamls import load_all
from engine.measures import MEASURES
from pages.parts.doorman import may_ask
from tests.the_image import ROOT, image

TEMPLATE = ROOT / "deploy" / "ecs-fargate.yaml"
FOLDER = ROOT / "deploy" / "kubernetes"
LEARNERS_RPS = 10


def resources():
    """The template as plain data, its short functions written out as long ones."""
    (tree,), _ = load_all(TEMPLATE.read_text(encoding="utf-8"))
    return tree["Resources"]


def the(kind):
    """The properties of the one resource of a kind."""
    (found,) = [one["Properties"] for one in resources().values() if one["Type"] == kind]
    return found


def task():
    return the("AWS::ECS::TaskDefinition")


def container():
    (one,) = task()["ContainerDefinitions"]
    return one


def group():
    return the("AWS::ElasticLoadBalancingV2::TargetGroup")


def attributes():
    return {one["Key"]: one["Value"] for one in group()["TargetGroupAttributes"]}


def objects():
    return {
        one["kind"]: one
        for path in sorted(FOLDER.glob("*.yaml"))
        for one in yaml.safe_load_all(path.read_text(encoding="utf-8"))
    }


def pod():
    return objects()["Deployment"]["spec"]["template"]["spec"]


def pods_container():
    (one,) = pod()["containers"]
    return one


def of_ingress():
    pairs = objects()["Ingress"]["metadata"]["annotations"]
    told = pairs["alb.ingress.kubernetes.io/target-group-attributes"].split(",")
    return pairs | dict(one.split("=", 1) for one in told)


# --- by the platforms' own rules -------------------------------------------------------------------------------------


def faults_of(template):
    """Ask cfn-lint, which carries CloudFormation's schemas; nothing is fetched. Only what it is sure of counts, warnings too."""
    from cfnlint.api import lint
    from cfnlint.config import ManualArgs

    found = lint(template, config=ManualArgs(regions=["us-east-1", "eu-west-1", "mx-central-1"]))
    return [f"{one.rule.id} {one.message}" for one in found]


# The linter's own dependencies speak of what they will leave out one day.
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::SyntaxWarning")
def test_cloudformation_takes_the_template():
    text = TEMPLATE.read_text(encoding="utf-8")

    assert faults_of(text) == []
    broken = text.replace('Memory: "4096"', 'Memory: "1024"').replace("LaunchType: FARGATE", "LaunchTyp: FARGATE")
    assert len({fault.split()[0] for fault in faults_of(broken)}) >= 2  # the linter is awake


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.name)
def test_the_api_server_takes_the_manifest(path):
    for one in yaml.safe_load_all(path.read_text(encoding="utf-8")):
        assert schema_faults(one) == []
        assert one["kind"] == "Namespace" or one["metadata"]["namespace"] == "quayside"
        spoiled = copy.deepcopy(one) | {"spek": {}}
        assert schema_faults(spoiled), "the schema is asleep"


def schema_faults(one):
    """Hold an object of any kind against Kubernetes' own schema, the newest that is kept; nothing is fetched."""
    validator = schemas._newest(one["apiVersion"], one["kind"])
    assert validator is not None, one["kind"]
    return [error.message for error in validator.iter_errors(one)]


def test_the_schemas_are_of_a_release_that_is_served():
    assert int(schemas.release().split(".")[1]) >= 37


def test_fargate_has_this_size():
    assert catalog.is_fargate_size(int(task()["Cpu"]), int(task()["Memory"]))


# --- one process, one place ------------------------------------------------------------------------------------------


def test_a_browser_stays_with_its_process():
    for found in (attributes(), of_ingress()):
        assert found["stickiness.enabled"] == "true"
        assert found["stickiness.type"] == "lb_cookie"
        assert int(found["stickiness.lb_cookie.duration_seconds"]) >= 4 * 3600


def test_checks_go_where_the_server_answers_and_pass_the_doorman():
    import app as front

    served = {route.path for route in front.app._user_routes}
    probes = pods_container()
    assert group()["HealthCheckPath"] == "/ready" == of_ingress()["alb.ingress.kubernetes.io/healthcheck-path"]
    assert "/ready" in served
    assert probes["readinessProbe"]["httpGet"]["path"] == "/ready" == probes["startupProbe"]["httpGet"]["path"]
    assert probes["livenessProbe"]["httpGet"]["path"] == "/_stcore/health"
    assert "/_stcore/health" in container()["HealthCheck"]["Command"][-1]
    # Nobody in front knows our name: a load balancer and a kubelet ask by the address of the task or pod.
    assert all(may_ask(host, ()) for host in ("10.0.3.17:8501", "172.31.7.9:8501", "100.64.1.2:8501", "[fd00::7]:8501"))


def test_a_late_answer_ends_no_session():
    probe, check = pods_container()["livenessProbe"], container()["HealthCheck"]

    assert probe["periodSeconds"] * probe["failureThreshold"] >= 90
    assert check["Interval"] * check["Retries"] >= 90


# --- rights ----------------------------------------------------------------------------------------------------------


def test_nothing_runs_as_root_and_nothing_of_the_image_is_written():
    user = image().user
    ecs, own = container(), pods_container()["securityContext"]
    all_of_pod = pod()["securityContext"]

    assert ecs["User"] == user == f"{all_of_pod['runAsUser']}:{all_of_pod['runAsGroup']}"
    assert ecs["ReadonlyRootFilesystem"] is True is own["readOnlyRootFilesystem"]
    assert ecs["LinuxParameters"]["Capabilities"]["Drop"] == ["ALL"] == own["capabilities"]["drop"]
    assert own["allowPrivilegeEscalation"] is False is pod()["automountServiceAccountToken"]
    assert all_of_pod["runAsNonRoot"] is True
    written = {one["ContainerPath"] for one in ecs["MountPoints"]}
    assert written == {one["mountPath"] for one in pods_container()["volumeMounts"]} == set(image().volumes)


def test_the_databases_address_comes_from_a_secret():
    (secret,) = container()["Secrets"]
    (env,) = pods_container()["env"]

    assert (secret["Name"], secret["ValueFrom"]) == ("DATABASE_URL", {"Ref": "DatabaseUrlSecretArn"})
    assert (env["name"], env["valueFrom"]["secretKeyRef"]["name"]) == ("DATABASE_URL", "quayside-database")
    assert "Secret" not in objects()
    assert "DATABASE_URL" not in {one["Name"] for one in container()["Environment"]}


def test_a_compose_file_that_names_a_password_gets_it_from_elsewhere():
    services = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]

    assert services["quayside"]["read_only"] is True
    assert services["quayside"]["cap_drop"] == ["ALL"]
    assert services["quayside"]["depends_on"]["database"]["condition"] == "service_healthy"
    assert services["database"]["environment"]["POSTGRES_PASSWORD"].startswith("${POSTGRES_PASSWORD:?")
    assert ".env" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()


# --- stopping, by our own chapter ------------------------------------------------------------------------------------

USUAL = {"rps": 10, "usual_ms": 120, "long_share": 0.05, "long_s": 4, "routed_s": 10, "exit_s": 3}


def ecs_stop(**more):
    delay = float(attributes()["deregistration_delay.timeout_seconds"])
    return StopAsk(place="ecs", deregistration_delay_s=delay, stop_timeout_s=container()["StopTimeout"], **USUAL | more)


def pod_stop(**more):
    given = {
        "deregistration_delay_s": float(of_ingress()["deregistration_delay.timeout_seconds"]),
        "grace_s": pod()["terminationGracePeriodSeconds"],
        "pre_stop_s": pods_container()["lifecycle"]["preStop"]["sleep"]["seconds"],
    }
    return StopAsk(place="kubernetes", **given | USUAL | more)


@pytest.mark.parametrize("ask", [ecs_stop, pod_stop], ids=["ecs", "kubernetes"])
def test_who_stops_loses_no_request(ask):
    for seed in range(5):
        found = stop(ask(seed=seed))

        assert len(found.outcome) > 50
        assert found.lost == 0, found.order
        assert found.ended_s < found.order.kill_s


def test_without_the_pods_sleep_requests_would_be_lost():
    assert stop(pod_stop(pre_stop_s=0)).lost > 50


# --- imported, and without a zone ------------------------------------------------------------------------------------


def test_our_importers_read_both_and_refuse_nothing():
    (design,) = importers.read_design(TEMPLATE.read_bytes())
    manifest = importers.read_design(catalog.deployment_text("kubernetes"))

    assert design.bad == manifest.bad == manifest.seen == ()
    assert importers.refusals(design, "ecs-fargate") == ()
    assert [note.code for note in design.notes] == ["stack_read"]
    for kind in kubernetes.RULES:
        assert kubernetes.refusals(manifest, kind) == ()


def test_the_scenarios_are_what_the_files_say():
    ecs, eks = ours.scenario("ours_ecs"), ours.scenario("ours_eks")
    scaler = objects()["HorizontalPodAutoscaler"]["spec"]

    assert ecs.services[0].desired == ecs.services[0].scaling.min_tasks == 3
    assert ecs.services[0].memory_mib == int(task()["Memory"]) == eks.services[0].memory_mib
    assert ecs.services[0].stop_timeout_s == container()["StopTimeout"]
    assert ecs.services[0].grace_s == the("AWS::ECS::Service")["HealthCheckGracePeriodSeconds"]
    assert eks.services[0].scaling.min_tasks == scaler["minReplicas"] == eks.services[0].desired
    assert eks.kubernetes.nodes.toleration_s == 10
    for one in (ecs, eks):
        assert one.balancer.check_every_s == group()["HealthCheckIntervalSeconds"]
        assert one.balancer.unhealthy_after == group()["UnhealthyThresholdCount"]
        assert one.balancer.deregistration_delay_s == 30
        assert one.traffic.rps == LEARNERS_RPS
        assert [operation.do for operation in one.operations] == ["fail-zone"]


@pytest.mark.parametrize("name", ours.names())
@pytest.mark.parametrize("zone", "abc")
def test_whichever_zone_is_lost_the_others_carry_everybody(name, zone):
    scenario = ours.scenario(name)
    whole = run(scenario.with_("operations", [{"at_s": 120, "do": "fail-zone", "zone": zone}]))
    measured = {name: MEASURES[name].of(whole) for name in ("availability", "error_seconds", "recovered", "worst_p99")}

    assert measured["availability"] > 0.98  # what is lost came to the dead front until the names forgot it: a minute
    assert measured["error_seconds"] <= 75
    assert measured["recovered"] <= 120
    assert measured["worst_p99"] < 5


def test_two_tasks_would_not_carry_them():
    two = run(
        ours.scenario("ours_ecs").with_("services.quayside.scaling.min_tasks", 2).with_("services.quayside.desired", 2)
    )

    assert MEASURES["worst_p99"].of(two) > 5


def test_memory_holds_what_was_measured():
    """The server at its most, the worker, and as many of the largest runs as are likely to lie about at once."""
    server_mib, worker_mib, run_mib, runs = 960, 380, 106, 16

    assert server_mib + worker_mib + run_mib * runs < int(task()["Memory"]) * 0.8
    assert math.isclose(
        int(task()["Memory"]) / 1024, int(pods_container()["resources"]["limits"]["memory"].removesuffix("Gi"))
    )
    assert pods_container()["resources"]["limits"]["memory"] == pods_container()["resources"]["requests"]["memory"]
