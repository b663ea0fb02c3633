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

# The README's pictures, from the program's own buffer; about three minutes.
screenshot:
    cargo run --locked --example screenshot

# Memory and bytes to the terminal with 1,000 targets, 10,000 runs and 5,000 alerts.
scale:
    cargo bench --locked --profile dev --bench scale

# Folding, drawing and decoding by instruction count; needs valgrind.
bench:
    command -v gungraun-runner >/dev/null || cargo install --locked gungraun-runner@$(cargo pkgid gungraun | sed 's/.*@//')
    cargo bench --locked --bench instructions
