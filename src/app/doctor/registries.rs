//! Whether each registry of images is there, is one, and takes the password that is configured.

use std::time::Duration;

use futures::future::join_all;

use crate::cli::doctor::{Finding, Verdict};
use crate::clients::registry::{Access, RegistryClient};
use crate::config::RegistryConfig;

use super::{LATE, Setup};

/// A row each, in the order of their names.
pub(super) async fn registries(setup: &Setup, limit: Duration) -> Vec<Finding> {
    let all = setup.config.registries.iter();
    join_all(all.map(|(host, config)| registry(setup, host, config, limit))).await
}

async fn registry(setup: &Setup, host: &str, config: &RegistryConfig, limit: Duration) -> Finding {
    let images = setup.config.fleet.targets.iter().filter_map(|spec| spec.image.as_ref());
    let name = images.filter(|image| image.host() == host).map(|image| image.name.as_str()).next();
    let client = RegistryClient::new(host, config.clone());
    let asked = tokio::time::timeout(limit, client.check(name, setup.clock.now())).await;
    match asked {
        Err(_) => Finding::new(host, Verdict::Broken, LATE),
        Ok(Err(fault)) => Finding::new(host, Verdict::Broken, fault.text),
        Ok(Ok(access)) => Finding::new(host, Verdict::Ok, told(&access, config)),
    }
}

fn told(access: &Access, config: &RegistryConfig) -> String {
    let known = config.http.basic.as_ref().map(|(user, _)| user);
    match (access, known) {
        (Access::User(user), _) => format!("answers, takes the password of {user}"),
        (Access::Open, Some(user)) => {
            format!("answers, asks for no password; {user}'s is not told")
        }
        (Access::Open, None) => "answers, asks for no password".to_owned(),
        (Access::Public, _) => {
            "answers; no password is configured, so only public images are read".to_owned()
        }
    }
}
