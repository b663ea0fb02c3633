//! GitHub's REST API: octocrab's transport, our own types, our own ETags.
