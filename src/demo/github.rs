//! GitHub's REST API.
