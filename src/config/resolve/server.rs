//! `[github]`, `[prometheus.NAME]` and `[alertmanager.NAME]`.

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;

use toml::Spanned;
use url::Url;

use crate::config::raw::{self, Text};
use crate::config::resolved::{AlertmanagerConfig, GithubConfig, HttpConfig, PrometheusConfig};
use crate::config::secret::Secret;
use crate::model::ids::is_name;

use super::Resolver;
use super::values::NAME;

const SECOND: Duration = Duration::from_secs(1);
const GITHUB: &str = "https://api.github.com";

impl Resolver<'_, '_> {
    pub(super) fn servers(&mut self) {
        let raw = self.raw;
        if let Some(github) = &raw.github {
            self.github("github".to_owned(), github);
        }
        for (name, github) in &raw.hosts {
            if self.server_name(name) {
                self.github(format!("github.{}", name.get_ref()), github);
            }
        }
        for (name, server) in &raw.prometheus {
            let Some((http, every)) = self.server(name, server, "9090") else {
                continue;
            };
            let config = PrometheusConfig {
                http,
                every,
                queries: Vec::new(),
                comparisons: Vec::new(),
                burns: Vec::new(),
                paths: Vec::new(),
                backups: Vec::new(),
                scrape_jobs: Vec::new(),
            };
            let key = format!("prometheus.{}", name.get_ref());
            self.config.prometheus.insert(key, config);
        }
        for (name, server) in &raw.alertmanager {
            let Some((http, every)) = self.server(name, server, "9093") else {
                continue;
            };
            let config =
                AlertmanagerConfig { http, every, matchers: Vec::new(), watchdogs: Vec::new() };
            let key = format!("alertmanager.{}", name.get_ref());
            self.config.alertmanager.insert(key, config);
        }
    }

    fn server_name(&mut self, name: &Text) -> bool {
        let fine = is_name(name.get_ref());
        if !fine {
            self.not(name, NAME);
        }
        fine
    }

    fn github(&mut self, key: String, github: &Spanned<raw::Github>) {
        let raw = github.get_ref();
        let url = match &raw.api_url {
            Some(url) => self.base_url(url),
            None if key != "github" => {
                let fix = "write the server's address, https://HOST/api/v3";
                self.problems.missing(github.span(), "api_url", fix);
                None
            }
            None => Url::parse(GITHUB).ok(),
        };
        let (every, timeout) =
            self.cadence(raw.every.as_ref(), raw.timeout.as_ref(), (SECOND * 60, SECOND * 10));
        let every_active = self.pace(raw.every_active.as_ref(), every.min(SECOND * 5));
        if let Some(written) = &raw.every_active
            && every_active > every
        {
            self.problems.at(
                written.span(),
                "found an active cadence slower than the usual one",
                "write at most `every`",
            );
        }
        let bearer = raw.token.as_ref().and_then(|token| self.secret(token));
        let ca_file = raw.ca_file.as_ref().and_then(|file| self.file(file));
        let Some(url) = url else { return };
        let config = GithubConfig {
            http: HttpConfig { bearer, ca_file, ..HttpConfig::plain(url, timeout) },
            every,
            every_active,
            repos: Vec::new(),
        };
        self.config.github.insert(key, config);
    }

    fn server(
        &mut self,
        name: &Text,
        server: &Spanned<raw::Server>,
        port: &str,
    ) -> Option<(HttpConfig, Duration)> {
        let named = self.server_name(name);
        let raw = server.get_ref();
        let (every, timeout) =
            self.cadence(raw.every.as_ref(), raw.timeout.as_ref(), (SECOND * 5, SECOND * 5));
        let bearer = raw.bearer.as_ref().and_then(|secret| self.secret(secret));
        let basic = raw.basic.as_ref().and_then(|basic| self.basic(basic));
        if let (Some(_), Some(basic)) = (&raw.bearer, &raw.basic) {
            self.problems.at(
                basic.span(),
                "found `basic` beside `bearer`",
                "keep the one that the server asks for",
            );
        }
        let headers = self.headers(raw);
        let ca_file = raw.ca_file.as_ref().and_then(|file| self.file(file));
        let client_cert = self.client_cert(raw, server.span());
        let Some(url) = &raw.url else {
            let fix = format!("write its address, https://HOST or http://127.0.0.1:{port}");
            self.problems.missing(server.span(), "url", fix);
            return None;
        };
        let url = self.base_url(url)?;
        let plain = HttpConfig::plain(url, timeout);
        let http = HttpConfig { headers, bearer, basic, ca_file, client_cert, ..plain };
        named.then_some((http, every))
    }

    pub(super) fn basic(&mut self, basic: &Spanned<raw::Basic>) -> Option<(String, Secret)> {
        const FIX: &str = "write { user = \"NAME\", password = { env = \"NAME\" } }";
        let raw = basic.get_ref();
        let password = raw.password.as_ref().and_then(|secret| self.secret(secret));
        if raw.password.is_none() {
            self.problems.missing(basic.span(), "password", FIX);
        }
        let Some(user) = &raw.user else {
            self.problems.missing(basic.span(), "user", FIX);
            return None;
        };
        if user.get_ref().contains(':') {
            self.not(user, "write the user alone, without `:`");
        }
        Some((user.get_ref().clone(), password?))
    }

    fn headers(&mut self, raw: &raw::Server) -> BTreeMap<String, String> {
        let mut headers = BTreeMap::new();
        for (name, value) in &raw.headers {
            let lower = name.get_ref().to_lowercase();
            let secret = ["authorization", "cookie", "token", "secret", "api-key", "apikey"];
            if http::HeaderName::try_from(name.get_ref().as_str()).is_err() {
                self.not(name, "write the name of an HTTP header");
            } else if secret.iter().any(|word| lower.contains(word)) {
                self.problems.at(
                    name.span(),
                    "found a header that would hold a literal secret",
                    "write bearer = { env = \"NAME\" } or basic = { user = \"NAME\", password = { env = \"NAME\" } }",
                );
            } else if http::HeaderValue::try_from(value.get_ref().as_str()).is_err() {
                self.problems.at(
                    value.span(),
                    "found a value that no HTTP header can have",
                    "write one line of text",
                );
            }
            headers.insert(name.get_ref().clone(), value.get_ref().clone());
        }
        if let Some(tenant) = &raw.tenant {
            let visible = |c: char| c.is_ascii_graphic() || c == ' ';
            if tenant.get_ref().is_empty() || !tenant.get_ref().chars().all(visible) {
                self.not(tenant, "write the tenant's id, sent as X-Scope-OrgID");
            }
            headers.insert("X-Scope-OrgID".to_owned(), tenant.get_ref().clone());
        }
        headers
    }

    fn client_cert(
        &mut self,
        raw: &raw::Server,
        table: Range<usize>,
    ) -> Option<(std::path::PathBuf, std::path::PathBuf)> {
        match (&raw.client_cert, &raw.client_key) {
            (Some(cert), Some(key)) => self.file(cert).zip(self.file(key)),
            (None, None) => None,
            (Some(_), None) => {
                let fix = "write the PEM file of the certificate's key";
                self.problems.missing(table, "client_key", fix);
                None
            }
            (None, Some(_)) => {
                let fix = "write the PEM file of the key's certificate";
                self.problems.missing(table, "client_cert", fix);
                None
            }
        }
    }
}
