//! What can be made to go wrong does, is counted, and ends.

use std::time::Duration;

use super::*;

const TARGET: &str = "service/checkout/environment/production/health/stable/url";
/// For answers that come.
const PATIENCE: Duration = Duration::from_secs(30);

/// For answers that never come.
const HASTE: Duration = Duration::from_millis(200);

const SET: &str = "set weight checkout/canary1 42";

impl Stage {
    /// The base addresses of the HTTP servers.
    fn pages(&self) -> Vec<(Peer, String)> {
        let prometheus = self.setting("prometheus/main/url");
        let alertmanager = self.setting("alertmanager/main/url");
        vec![
            (Peer::Github, format!("{}/user", self.setting("github/api_url"))),
            (Peer::Prometheus, format!("{prometheus}/api/v1/targets")),
            (Peer::Alertmanager, format!("{alertmanager}/api/v2/alerts")),
            (Peer::Health, self.setting(TARGET)),
        ]
    }

    async fn read(&self, url: &str) -> reqwest::Result<(u16, String)> {
        self.read_within(PATIENCE, url).await
    }

    async fn read_within(&self, limit: Duration, url: &str) -> reqwest::Result<(u16, String)> {
        let answer = self.client.get(url).timeout(limit).send().await?;
        Ok((answer.status().as_u16(), answer.text().await?))
    }

    /// Waits until the server at a page is reachable, or is not.
    async fn until(&self, url: &str, reachable: bool) {
        while self.read(url).await.is_ok() != reachable {
            tokio::task::yield_now().await;
        }
    }

    async fn weight(&self) -> String {
        self.haproxy("get weight checkout/canary1").await
    }
}

#[tokio::test]
async fn every_http_server_can_fail_in_every_way_and_recover() {
    let stage = Stage::new(Scenario::Release, 1.0).await;
    let faults = stage.running.faults.clone();
    for (peer, url) in stage.pages() {
        let name = peer.name();
        let (status, good) = stage.read(&url).await.unwrap();

        faults.set(peer, Mood::Refuse);
        stage.until(&url, false).await;
        assert!(stage.read(&url).await.unwrap_err().is_connect(), "{name}");
        faults.set(peer, Mood::Hang);
        // the port opens a moment later
        while !stage.read_within(HASTE, &url).await.unwrap_err().is_timeout() {}
        faults.set(peer, Mood::Status(503));
        assert_eq!(stage.read(&url).await.unwrap().0, 503, "{name}");
        faults.set(peer, Mood::Garbage);
        let (code, text) = stage.read(&url).await.unwrap();
        assert_eq!(code, 200);
        assert!(serde_json::from_str::<Value>(&text).is_err(), "{name}: {text:?}");
        faults.set(peer, Mood::Cut);
        let error = stage.read(&url).await.unwrap_err();
        assert!(error.is_body() || error.is_decode(), "{name}: {error:?}");
        faults.set(peer, Mood::Slow(PATIENCE));
        let error = stage.read_within(HASTE, &url).await.unwrap_err();
        assert!(error.is_timeout(), "{name}: {error:?}");
        faults.set(peer, Mood::Slow(Duration::from_millis(1)));
        assert_eq!(stage.read(&url).await.unwrap().0, status);
        let before = faults.requests(peer);
        faults.set(peer, Mood::Ok);
        assert_eq!(stage.read(&url).await.unwrap(), (status, good), "{name}");
        assert_eq!(faults.requests(peer), before + 1, "{name}");
    }
}

#[tokio::test]
async fn haproxy_tells_what_it_received_and_what_it_did() {
    let stage = Stage::new(Scenario::Release, 1.0).await;
    let faults = stage.running.faults.clone();
    let set = async |mood| {
        faults.set(Peer::Haproxy, mood);
        let limit = if mood == Mood::Hang { HASTE } else { PATIENCE };
        let answer = tokio::time::timeout(limit, stage.try_haproxy(SET)).await;
        faults.set(Peer::Haproxy, Mood::Ok);
        answer.ok()
    };
    assert_eq!(set(Mood::Hang).await.map(|_| ()), None);
    assert_eq!(stage.weight().await, "10 (initial 0)\n\n", "not done");
    let garbage = set(Mood::Garbage).await.unwrap().unwrap();
    assert!(garbage.contains("<html>"));
    assert_eq!(stage.weight().await, "10 (initial 0)\n\n", "not done");
    let denied = set(Mood::Status(403)).await.unwrap().unwrap();
    assert_eq!(denied, "Permission denied\n\n");
    assert_eq!(faults.mutations().len(), 3, "received, not done");
    assert_eq!(set(Mood::Cut).await.unwrap().unwrap(), "");
    assert_eq!(stage.weight().await, "42 (initial 0)\n\n", "done, not said");
    assert_eq!(faults.mutations(), [SET; 4]);

    faults.set(Peer::Haproxy, Mood::Refuse);
    while stage.try_haproxy("show info").await.is_ok() {}
    assert!(stage.try_haproxy(SET).await.is_err());
    assert_eq!(faults.mutations().len(), 4);
    faults.set(Peer::Haproxy, Mood::Ok);
    while stage.try_haproxy("show info").await.is_err() {
        tokio::task::yield_now().await;
    }
    assert_eq!(stage.weight().await, "42 (initial 0)\n\n", "the world went on");
}
