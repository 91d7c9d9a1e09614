"""What Prometheus reads, as a test looks at it."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families


def samples(text: str) -> dict[str, float]:
    """Read our own samples as `name label/label`, labels in the order of their names."""
    return {
        " ".join([sample.name, "/".join(value for _, value in sorted(sample.labels.items()))]): (
            sample.value
        )
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name.startswith("ssot_") and not sample.name.endswith(("_created", "_bucket"))
    }
