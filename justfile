# Everything CI holds, here: what it needs is installed.
ci:
    .ci/run

# The quick loop.
check:
    cargo fmt
    cargo clippy --all-targets --locked -- -D warnings

# Tests; names or parts of names narrow them.
test *names:
    cargo test --locked {{ names }}

# The cockpit on its embedded world.
demo *args:
    cargo run --release --locked -- demo {{ args }}

# From Enter to the changed weight, beside a bare socket client; needs haproxy.
latency:
    cargo test --release --locked --test it -- --ignored --exact --nocapture e2e::latency::enter_to_weight

# The pictures of the README and of docs, from recordings.
screenshot:
    UPDATE=1 cargo test --locked --test it pictures::

# The recorded bad release in ten text pictures of each size, from the first errors to rolled back.
walkthrough:
    cat tests/it/snapshots/it__pictures__walk-through-*.snap

# Memory and bytes to the terminal with 1,000 targets, 10,000 runs and 5,000 alerts.
scale:
    cargo bench --locked --profile dev --bench scale

# Memory that a log of 200 MB takes: fetched, opened, searched, saved.
logs:
    cargo bench --locked --profile dev --bench logs

# What polling costs of GitHub's allowance: 5 to 200 repositories for an hour, on a clock that needs no waiting.
polite:
    cargo bench --locked --profile dev --bench polite

# How well the judge judges: simulated releases, and the tables of docs/judge.md; UPDATE=1 writes them.
judge *args:
    cargo bench --locked --profile release --bench judge -- {{ args }}

# The recordings of tests/recordings anew, with the real servers; in a host name of its own, which is in them.
recordings:
    #!/usr/bin/env bash
    set -euo pipefail
    folder=$(mktemp -d)
    cargo test --locked --test it --no-run
    FLIGHTDECK_RECORDINGS=$folder FLIGHTDECK_E2E=required unshare --user --map-root-user --uts sh -c 'hostname deck && \
        cargo test --locked --test it -- --include-ignored --test-threads 1 \
        replay::demo::record e2e::release:: e2e::incident::'
    mv "$folder"/a_release_*.flight tests/recordings/good_release.flight
    mv "$folder"/a_bad_*.flight tests/recordings/bad_release.flight
    mv "$folder"/{demo,tour,staged}.flight tests/recordings/
    chmod 644 tests/recordings/*.flight
    rm -r "$folder"
    INSTA_UPDATE=always cargo test --locked --test it replay
    # the moments of pictures (tests/it/pictures.rs, docs/safety.md) may have to be chosen anew
    UPDATE=1 cargo test --locked --test it pictures::

# Folding, drawing and decoding by instruction count, and the limit of a frame; needs valgrind.
bench:
    command -v gungraun-runner >/dev/null || cargo install --locked gungraun-runner@$(cargo pkgid gungraun | sed 's/.*@//')
    cargo bench --locked --bench instructions
    benches/limit
