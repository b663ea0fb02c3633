//! How GitHub servers and tokens differ: the handle of tests.

/// What kind of token the demo's is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Token {
    /// A classic one: the headers tell its scopes.
    #[default]
    Classic,
    /// A fine-grained one: the headers tell which permission was needed.
    FineGrained,
    /// That of an app's installation: it is nobody, and may approve nothing.
    Installation,
}

/// What is peculiar about the GitHub server and the registry. The default is github.com.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Quirks {
    /// It does not know `return_run_details`, and refuses a dispatch that names it with a 400.
    pub old_dispatch: bool,
    /// It has no endpoints for concurrency groups.
    pub no_concurrency: bool,
    /// The rollback of `storefront` stands in the queue of its deployments.
    pub shared_queue: bool,
    /// What kind of token it knows.
    pub token: Token,
    /// The token may only read.
    pub reads_only: bool,
    /// Its repositories have no issues.
    pub no_issues: bool,
    /// Requests of each hour that somebody else uses with the same token.
    pub used_elsewhere: u32,
    /// It keeps no limits, as an Enterprise Server may be told.
    pub no_limits: bool,
    /// The version whose tag stands for another image now, in the registry.
    pub moved_tag: Option<&'static str>,
}
