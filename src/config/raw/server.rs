//! `[github]`, `[prometheus.NAME]`, `[alertmanager.NAME]` and `[registry."HOST"]` as they are written.

use serde::Deserialize;
use toml::Spanned;

use super::{Named, SecretRef, Text, Time};

/// One GitHub host.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub(crate) struct Github {
    pub(crate) api_url: Option<Text>,
    pub(crate) token: Option<Spanned<SecretRef>>,
    pub(crate) every: Option<Time>,
    pub(crate) every_active: Option<Time>,
    pub(crate) timeout: Option<Time>,
    pub(crate) ca_file: Option<Text>,
}

/// One Prometheus or Alertmanager.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub(crate) struct Server {
    pub(crate) url: Option<Text>,
    pub(crate) every: Option<Time>,
    pub(crate) timeout: Option<Time>,
    pub(crate) bearer: Option<Spanned<SecretRef>>,
    pub(crate) basic: Option<Spanned<Basic>>,
    #[serde(default)]
    pub(crate) headers: Named<Text>,
    pub(crate) tenant: Option<Text>,
    pub(crate) ca_file: Option<Text>,
    pub(crate) client_cert: Option<Text>,
    pub(crate) client_key: Option<Text>,
}

/// One registry of images.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub(crate) struct Registry {
    pub(crate) url: Option<Text>,
    pub(crate) basic: Option<Spanned<Basic>>,
    pub(crate) auth: Option<Text>,
    pub(crate) timeout: Option<Time>,
    pub(crate) ca_file: Option<Text>,
}

/// User and password.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "{ user = \"NAME\", password = { env = \"NAME\" } }")]
pub(crate) struct Basic {
    pub(crate) user: Option<Text>,
    pub(crate) password: Option<Spanned<SecretRef>>,
}
