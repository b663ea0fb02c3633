//! Events folded into state.
