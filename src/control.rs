//! Intent, guard, gates, plan, confirmation, effect.
