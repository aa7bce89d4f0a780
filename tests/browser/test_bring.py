"""A manifest of the visitor's own, in a real browser: shown, every reason told, and open to a screen reader in both themes."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.the_app import Visitor, ended

pytestmark = pytest.mark.browser
PAGE = "/fargate?lang=en&x=fargate_launch&guess=skip"
OURS = ".st-key-q-bring-0"  # beside it stands Streamlit's own uploader, whose roles are Streamlit's to mend


def test_a_manifest_is_shown_with_every_reason_and_a_broken_one_is_told_where(arrive):
    visitor: Visitor = arrive(color_scheme="light")
    page = visitor.open(PAGE)
    page.get_by_text("Bring your own task definition or manifest").click()
    page.get_by_role("button", name="Show me a manifest").click()

    expect(page.get_by_role("row").filter(has_text="shop Deployment")).to_contain_text("0.5\u00a0vCPU, 1\u00a0GB")
    refused = page.get_by_role("listitem").filter(has_text="EKS on Fargate refuses, for 3 reasons")
    expect(refused).to_contain_text("DaemonSet agent")
    expect(page.get_by_role("listitem").filter(has_text="EKS Auto Mode runs")).to_be_visible()
    page.get_by_text("What sizes and reasons rest on").click()
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        ended(page)
        found = Axe().run(page, context=OURS).response["violations"]
        assert [f"{one['id']}: {node['target']}" for one in found for node in one["nodes"]] == [], theme

    box = page.get_by_label("Task definition or manifest (JSON or YAML)")
    box.fill("apiVersion: v1\nkind: Pod\n---\na: [1\n---\nb: }\n")
    box.press("Control+Enter")
    expect(page.get_by_text("That is no manifest yet")).to_be_visible()
    assert visitor.errors == []


def test_the_legend_speaks_of_pods_once_a_run_of_tasks_became_one_of_pods(visitor: Visitor):
    page = visitor.open("/fargate?lang=es&x=fargate_launch&guess=skip")
    legend = page.locator("section.card ul.legend")

    expect(legend).to_contain_text("activas")
    page.get_by_role("radio", name="Kubernetes propio").click()
    expect(legend).to_contain_text("activos")
    expect(legend).not_to_contain_text("activas")
