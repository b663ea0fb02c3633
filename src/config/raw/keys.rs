//! Which keys each table knows, asked of the types that read them.

use serde::de::value::Error;
use serde::de::{Deserialize, Deserializer, Error as _, Visitor};
use serde::forward_to_deserialize_any;

use super::value::{AfterTable, HookTable, SecretPlace};
use super::{
    Action, AlertPath, Backup, Basic, Burn, Comparison, Counters, DatabaseRollback, Environment,
    Except, Freeze, Github, Health, Incident, Journal, Judge, Metric, Registry, Rollout, Root,
    Screen, Server, Service, Split, Stage, Start,
};

/// Each table as the file writes it, with its keys. Tables of one shape are named together.
pub(crate) fn tables() -> [(&'static str, &'static [&'static str]); 29] {
    [
        ("the top of the file", keys::<Root>()),
        ("[screen]", keys::<Screen>()),
        ("[journal]", keys::<Journal>()),
        ("[github]", keys::<Github>()),
        ("[prometheus.NAME] or [alertmanager.NAME]", keys::<Server>()),
        ("[registry.NAME]", keys::<Registry>()),
        ("basic = { … }", keys::<Basic>()),
        ("the place of a secret", keys::<SecretPlace>()),
        ("[[freeze]]", keys::<Freeze>()),
        ("an exception", keys::<Except>()),
        ("[[service]]", keys::<Service>()),
        ("[[service.environment]]", keys::<Environment>()),
        ("what it comes after", keys::<AfterTable>()),
        ("[service.environment.rollout]", keys::<Rollout>()),
        ("a command's table", keys::<HookTable>()),
        ("a stage", keys::<Stage>()),
        ("a workflow that is started", keys::<Start>()),
        ("[[service.environment.health]]", keys::<Health>()),
        ("[[service.environment.metric]]", keys::<Metric>()),
        ("[service.environment.judge]", keys::<Judge>()),
        ("a judge's split", keys::<Split>()),
        ("[[service.environment.judge.compare]]", keys::<Comparison>()),
        ("the counters of a side", keys::<Counters>()),
        ("[service.environment.burn]", keys::<Burn>()),
        ("[service.environment.alert_path]", keys::<AlertPath>()),
        ("backup = { … }", keys::<Backup>()),
        ("incident = { … }", keys::<Incident>()),
        ("[[service.environment.action]]", keys::<Action>()),
        ("[service.environment.database_rollback]", keys::<DatabaseRollback>()),
    ]
}

/// The keys that a type's derived reader asks for.
fn keys<'de, T: Deserialize<'de>>() -> &'static [&'static str] {
    let mut keys: &'static [&'static str] = &[];
    // fails by design: the question is all that is wanted
    let _ = T::deserialize(Listener(&mut keys));
    keys
}

/// Answers nothing and remembers what it was asked for.
struct Listener<'k>(&'k mut &'static [&'static str]);

impl<'de> Deserializer<'de> for Listener<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        Err(Error::custom("only listens"))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Error> {
        *self.0 = fields;
        Err(Error::custom("only listens"))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}
