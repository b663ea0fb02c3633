//! Small answers that several readers want again and again, decoded and kept with their ETags: an unchanged
//! one costs nothing and is handed out again. Bounded; must not know what the answers say.
//!
//! Apart from [`super::validators`]: there the reader keeps what it read, here nobody has to.

use std::any::Any;
use std::sync::Arc;

use http::HeaderValue;

use super::decode::{self, Item};
use super::validators::Key;
use super::{Ask, GithubClient, Route, Whole, lock};
use crate::model::Fault;

/// Answers kept at most.
const ENTRIES: usize = 1024;

/// A decoded answer.
type Value = Arc<dyn Any + Send + Sync>;

struct Kept {
    key: Key,
    etag: HeaderValue,
    value: Value,
}

/// The answers kept, least recently used first.
#[derive(Default)]
pub(super) struct Shelf(Vec<Kept>);

impl Shelf {
    /// The ETag and the value of an answer, which counts as a use.
    fn find(&mut self, key: &Key) -> Option<(HeaderValue, Value)> {
        let at = self.0.iter().position(|kept| kept.key == *key)?;
        let found = self.0.remove(at);
        let copy = (found.etag.clone(), Arc::clone(&found.value));
        self.0.push(found);
        Some(copy)
    }

    fn keep(&mut self, key: Key, etag: HeaderValue, value: Value) {
        self.0.retain(|kept| kept.key != key);
        self.0.push(Kept { key, etag, value });
        if self.0.len() > ENTRIES {
            self.0.remove(0);
        }
    }
}

impl GithubClient {
    /// Reads one page of a list, only what changed where that can be told.
    pub(super) async fn kept_list<T>(&self, route: Route, ask: &Ask<'_>) -> Result<Vec<T>, Fault>
    where
        T: Item + Clone + Send + Sync + 'static,
    {
        let decode = |body: &[u8]| decode::list::<T>(body).map(|list| list.items);
        Ok(self.kept(&route, ask, decode).await?.as_ref().clone())
    }

    /// Reads something, only if it changed where that can be told.
    pub(super) async fn kept<T: Send + Sync + 'static>(
        &self,
        route: &Route,
        ask: &Ask<'_>,
        decode: impl Fn(&[u8]) -> Option<T>,
    ) -> Result<Arc<T>, Fault> {
        let mut held: Option<Value> = None;
        let page = self.page_unless(route, ask, |key| {
            held = None;
            let (etag, value) = lock(&self.shelf).find(key)?;
            held = Some(value);
            Some(etag)
        });
        let Some(Whole { body, validator }) = page.await?.whole else {
            let held = held.and_then(|value| value.downcast::<T>().ok());
            return held.ok_or_else(|| self.odd(ask));
        };
        let value = Arc::new(decode(&body).ok_or_else(|| self.odd(ask))?);
        if let Some(validator) = validator {
            lock(&self.shelf).keep(validator.key, validator.etag, Arc::clone(&value) as Value);
        }
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::super::reads::ask;
    use super::super::testing::{Reply, World};
    use super::super::{Permission, Read};
    use crate::model::Decision;
    use serde_json::json;

    #[tokio::test]
    async fn what_did_not_change_is_handed_out_again_and_is_nobody_elses_business() {
        let body = json!([{"state": "approved", "user": {"login": "ana"}, "environments": []}]);
        let world = World::new(move |seen| Reply::tagged(seen, &body)).await;
        let (client, _) = world.client();
        let ask = ask("a/b", "what was decided", Permission::Actions);
        for _ in 0..3 {
            let route = client.route("a/b", &["x"], &[]).unwrap();
            let found: Vec<Decision> = client.kept_list(route, &ask).await.unwrap();
            assert_eq!(found[0].by.as_deref(), Some("ana"));
        }
        let asked = world.asked();
        let conditional =
            |seen: &super::super::testing::Seen| seen.header("if-none-match").is_some();
        assert_eq!(asked.iter().map(conditional).collect::<Vec<_>>(), [false, true, true]);
        // a reader that keeps for itself was never told, and asks for all of it
        let route = client.route("a/b", &["x"], &[]).unwrap();
        assert!(client.page(&route, &ask, Read::IfChanged).await.unwrap().whole.is_some());
    }
}
