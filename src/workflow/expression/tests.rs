//! Expressions as they stand in real workflow files.

use super::*;

fn context() -> Context {
    Context::default()
        .with("github.workflow", "deploy")
        .with("github.ref", "refs/heads/main")
        .with("github.ref_name", "main")
        .with("github.head_ref", "")
        .with("github.event_name", "push")
        .with("inputs.force", false)
        .with("inputs.stage", "canary")
}

#[test]
fn groups_are_filled_in_from_what_is_known() {
    for (text, expected) in [
        ("deploy", Some("deploy")),
        ("${{ github.workflow }}-${{ github.ref }}", Some("deploy-refs/heads/main")),
        ("ci-${{ github.head_ref || github.ref }}", Some("ci-refs/heads/main")),
        ("${{ format('{0}/{1}{{}}', github.ref_name, inputs.stage) }}", Some("main/canary{}")),
        ("${{ inputs.force && 'a' || 'b' }}", Some("b")),
        ("${{ github['ref_name'] }}", Some("main")),
        ("it''s ${{ 'it''s }}' }}", Some("it''s it's }}")),
        ("${{ github.ref_name == 'MAIN' && 'production' || 'staging' }}", Some("production")),
        ("${{ github.event.number || github.ref }}", None),
        ("${{ vars.GROUP }}", None),
        ("${{ matrix.os }}", None),
        ("${{ fromJSON(github.ref).a }}", None),
        ("${{ broken", None),
        ("${{ a b }}", None),
        ("${{ 1.5 }} ${{ 0x1f }} ${{ true }}${{ null }}", Some("1.5 31 true")),
    ] {
        assert_eq!(fill(text, &context()).as_deref(), expected, "{text}");
    }
}

#[test]
fn conditions_are_decided_where_they_can_be() {
    for (text, expected) in [
        ("github.ref == 'refs/heads/main'", Some(true)),
        ("${{ github.event_name != 'push' }}", Some(false)),
        ("needs.test.outputs.go == 'true' && github.event_name == 'schedule'", Some(false)),
        ("needs.test.outputs.go == 'true' || github.event_name == 'push'", Some(true)),
        ("needs.test.outputs.go == 'true'", None),
        ("always() && !cancelled()", Some(true)),
        ("failure()", Some(false)),
        (
            "startsWith(github.ref, 'refs/heads/') && !startsWith(github.ref, 'refs/tags')",
            Some(true),
        ),
        ("contains(github.ref, 'x') || (1 < 2 && 'a' <= 'B')", Some(true)),
        ("needs.*.result", None),
        ("${{ a }} == ${{ b }}", None),
        ("", None),
    ] {
        assert_eq!(verdict(text, &context()), expected, "{text}");
    }
}

#[test]
fn depth_and_length_are_bounded() {
    assert_eq!(evaluate(&"(".repeat(5_000), &context()), None);
    assert_eq!(evaluate(&"!".repeat(5_000), &context()), None);
    assert_eq!(evaluate(&"f(".repeat(4_000), &context()), None);
    assert_eq!(evaluate(&"a[".repeat(4_000), &context()), None);
    let long = format!("'{}'", "x".repeat(20_000));
    assert_eq!(evaluate(&long, &context()), None);
}
