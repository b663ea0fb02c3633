//! Who is in the stories. Owns data alone.

use super::{Auto, Mover, Quality, Story};

/// Well.
pub const CHECKOUT: Story = Story {
    name: "checkout",
    mover: Mover::Balancer,
    rate: 240.0,
    stable: "1.4.1",
    previous: "1.4.0",
    candidate: "1.4.2",
    quality: Quality::Good,
    weights: &[(-75, 10)],
    title: "Round tax per line, not per order",
    staging_fails: false,
    troubled: false,
    auto: Auto::Off,
    wave: None,
};

/// Bad, and nobody takes it back by itself.
pub const PAYMENTS: Story = Story {
    name: "payments",
    mover: Mover::Balancer,
    rate: 150.0,
    stable: "2.0.3",
    previous: "2.0.2",
    candidate: "2.1.0",
    quality: Quality::Bad,
    weights: &[(-360, 10)],
    title: "Retry card authorisations on a second provider",
    staging_fails: false,
    troubled: false,
    auto: Auto::Off,
    wave: None,
};

/// Its pipeline failed before production.
pub const SEARCH: Story = Story {
    name: "search",
    mover: Mover::Balancer,
    rate: 400.0,
    stable: "7.3.0",
    previous: "7.2.3",
    candidate: "7.3.0",
    quality: Quality::Good,
    weights: &[],
    title: "Rank by freshness for news queries",
    staging_fails: true,
    troubled: false,
    auto: Auto::Off,
    wave: None,
};

/// Moved by scripts, and well.
pub const LEDGER: Story = Story {
    name: "ledger",
    mover: Mover::Scripts,
    rate: 90.0,
    stable: "3.1.4",
    previous: "3.1.3",
    candidate: "3.2.0",
    quality: Quality::Good,
    weights: &[(-240, 25)],
    title: "Post entries in batches",
    staging_fails: false,
    troubled: false,
    auto: Auto::Off,
    wave: None,
};

/// Released in stages at GitHub, and well.
pub const STOREFRONT: Story = Story {
    name: "storefront",
    mover: Mover::Stages,
    rate: 310.0,
    stable: "5.2.0",
    previous: "5.1.3",
    candidate: "5.3.0",
    quality: Quality::Good,
    weights: &[(-260, 10)],
    title: "Show stock beside the price",
    staging_fails: false,
    troubled: false,
    auto: Auto::Off,
    wave: None,
};

/// Its pipelines are in trouble.
pub const NOTIFIER: Story = Story {
    name: "notifier",
    mover: Mover::Nobody,
    rate: 60.0,
    stable: "0.9.4",
    previous: "0.9.3",
    candidate: "0.9.4",
    quality: Quality::Good,
    weights: &[],
    title: "Send in batches",
    staging_fails: false,
    troubled: true,
    auto: Auto::Off,
    wave: None,
};

/// A little worse: below every limit. The judge sees it, and somebody may hold what follows.
pub const PRICING: Story = Story {
    name: "pricing",
    mover: Mover::Balancer,
    rate: 240.0,
    stable: "4.6.0",
    previous: "4.5.2",
    candidate: "4.7.0",
    quality: Quality::Subtle,
    weights: &[(-15, 10)],
    title: "Read discounts from the new table",
    staging_fails: false,
    troubled: false,
    auto: Auto::Ask,
    wave: None,
};

/// Plainly bad, and released a moment after the start: taken back before anybody is there.
pub const BASKET: Story = Story {
    name: "basket",
    mover: Mover::Balancer,
    rate: 180.0,
    stable: "3.3.1",
    previous: "3.3.0",
    candidate: "3.4.0",
    quality: Quality::Bad,
    weights: &[(55, 10)],
    title: "Keep baskets in two regions",
    staging_fails: false,
    troubled: false,
    auto: Auto::On,
    wave: None,
};
