//! Prometheus' answers: the envelope, results of every type, values that are strings.

use std::collections::BTreeMap;

use chrono::DateTime;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::clients::http::short;
use crate::model::{Point, Reading, Time};

/// Remarks kept of an answer.
const REMARKS: usize = 20;

/// The frame around every answer. Nothing in it is required: proxies and relatives leave things out.
#[derive(Debug, Deserialize)]
pub(super) struct Envelope<'a> {
    /// The payload; present beside an error too, at times.
    #[serde(borrow, default)]
    pub(super) data: Option<&'a RawValue>,
    /// The kind of an error.
    #[serde(default, rename = "errorType")]
    pub(super) error_type: Option<String>,
    /// The sentence of an error.
    #[serde(default)]
    pub(super) error: Option<String>,
    #[serde(default)]
    warnings: Option<Vec<Value>>,
    /// The same in the answers of `VictoriaMetrics`.
    #[serde(default, rename = "isPartial")]
    is_partial: bool,
    #[serde(default)]
    infos: Option<Vec<Value>>,
}

impl Envelope<'_> {
    /// Why its data is not all that there is; what is warned of makes a number another one.
    pub(super) fn partial(&self) -> Option<String> {
        let warned = self.warnings.iter().flatten().map(words).next();
        let cut = || "it says itself that it is partial".to_owned();
        warned.or_else(|| self.is_partial.then(cut))
    }

    /// What it remarks beside its data.
    pub(super) fn remarks(&self) -> Vec<String> {
        self.infos.iter().flatten().take(REMARKS).map(words).collect()
    }
}

fn words(value: &Value) -> String {
    match value {
        Value::String(text) => short(text),
        other => short(&other.to_string()),
    }
}

#[derive(Deserialize)]
struct Data<'a> {
    #[serde(rename = "resultType")]
    kind: String,
    #[serde(borrow)]
    result: &'a RawValue,
}

/// Series of a matrix by their labels, each oldest first.
pub(super) type Matrix = Vec<(BTreeMap<String, String>, Vec<Point>)>;

/// The series of a range query, however many.
///
/// # Errors
/// A sentence, when it yields anything but series of numbers.
pub(super) fn matrix(data: &RawValue) -> Result<Matrix, String> {
    #[derive(Deserialize)]
    struct Labelled {
        #[serde(default)]
        metric: BTreeMap<String, String>,
        #[serde(flatten)]
        series: Series,
    }
    let odd = |error: serde_json::Error| {
        format!("the result is not readable: {}", short(&error.to_string()))
    };
    let data: Data<'_> = serde_json::from_str(data.get()).map_err(odd)?;
    if data.kind != "matrix" {
        return Err(format!("query yields a {}, series are needed", short(&data.kind)));
    }
    let series: Vec<Labelled> = serde_json::from_str(data.result.get()).map_err(odd)?;
    series.into_iter().map(|one| Ok((one.metric, one.series.points()?))).collect()
}

/// One series of a vector (`value`) or a matrix (`values`); histograms are native ones.
#[derive(Deserialize)]
struct Series {
    #[serde(default)]
    value: Option<Sample>,
    #[serde(default)]
    values: Vec<Sample>,
    #[serde(default)]
    histogram: Option<serde::de::IgnoredAny>,
    #[serde(default)]
    histograms: Option<serde::de::IgnoredAny>,
}

/// Seconds, and a number as text.
#[derive(Deserialize)]
struct Sample(f64, Value);

/// The reading of an instant query; none when there is no series.
///
/// # Errors
/// A sentence, when it is not one series of numbers.
pub(super) fn instant(data: &RawValue) -> Result<Option<Point>, String> {
    Ok(points(data, "vector")?.pop())
}

/// The readings of a range query, oldest first; none when there is no series.
///
/// # Errors
/// As [`instant`].
pub(super) fn range(data: &RawValue) -> Result<Vec<Point>, String> {
    points(data, "matrix")
}

fn points(data: &RawValue, wanted: &str) -> Result<Vec<Point>, String> {
    let odd = |error: serde_json::Error| {
        format!("the result is not readable: {}", short(&error.to_string()))
    };
    let data: Data<'_> = serde_json::from_str(data.get()).map_err(odd)?;
    match data.kind.as_str() {
        kind if kind == wanted => {
            let mut series: Vec<Series> = serde_json::from_str(data.result.get()).map_err(odd)?;
            match (series.pop(), series.len()) {
                (None, _) => Ok(Vec::new()),
                (Some(only), 0) => only.points(),
                (Some(_), more) => Err(format!(
                    "query yields {} series, one is needed; aggregate it, as with sum()",
                    more + 1
                )),
            }
        }
        "scalar" => {
            Ok(vec![serde_json::from_str::<Sample>(data.result.get()).map_err(odd)?.point()?])
        }
        other => Err(format!("query yields a {}, a number is needed", short(other))),
    }
}

impl Series {
    fn points(self) -> Result<Vec<Point>, String> {
        if self.histogram.is_some() || self.histograms.is_some() {
            return Err(
                "query yields a native histogram, a number is needed; use histogram_quantile()"
                    .to_owned(),
            );
        }
        self.values.into_iter().chain(self.value).map(Sample::point).collect()
    }
}

impl Sample {
    fn point(self) -> Result<Point, String> {
        let value = match &self.1 {
            Value::String(text) => text.parse().ok(),
            other => other.as_f64(),
        };
        match value.zip(time(self.0)) {
            Some((value, at)) => Ok(Point { at, reading: Reading::of(value) }),
            None => Err("query yields a value that is not a number".to_owned()),
        }
    }
}

/// Seconds since 1970 as a time, to the millisecond.
fn time(seconds: f64) -> Option<Time> {
    DateTime::from_timestamp_millis((seconds * 1000.0).round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(data: &str) -> Result<Vec<Point>, String> {
        let wanted = if data.contains("matrix") { "matrix" } else { "vector" };
        points(&RawValue::from_string(data.to_owned()).unwrap(), wanted)
    }

    fn readings(data: &str) -> Vec<Reading> {
        read(data).unwrap().into_iter().map(|point| point.reading).collect()
    }

    fn vector(value: &str) -> String {
        format!(
            r#"{{"resultType":"vector","result":[{{"metric":{{"a":"b"}},"value":[1767225600.25,{value}]}}]}}"#
        )
    }

    #[test]
    fn values_are_text_and_need_not_be_numbers() {
        for (value, reading) in [
            ("\"0\"", Reading::Number(0.0)),
            ("\"4.2e-03\"", Reading::Number(0.0042)),
            ("1.5", Reading::Number(1.5)),
            ("\"NaN\"", Reading::NotANumber),
            ("\"+Inf\"", Reading::PlusInfinity),
            ("\"-Inf\"", Reading::MinusInfinity),
        ] {
            assert_eq!(readings(&vector(value)), [reading], "{value}");
        }
        let at = read(&vector("\"1\"")).unwrap()[0].at;
        assert_eq!(at.to_rfc3339(), "2026-01-01T00:00:00.250+00:00");
        assert!(read(&vector("\"many\"")).is_err() && read(&vector("null")).is_err());
    }

    #[test]
    fn no_series_is_not_zero() {
        assert_eq!(readings(r#"{"resultType":"vector","result":[]}"#), []);
        assert_eq!(readings(r#"{"resultType":"scalar","result":[1,"0"]}"#), [Reading::Number(0.0)]);
    }

    #[test]
    fn a_range_keeps_its_holes_and_what_is_not_a_number() {
        let data = r#"{"resultType":"matrix","result":[{"metric":{},"values":[[10,"1"],[20,"NaN"],[50,"3"]]}]}"#;
        let points = read(data).unwrap();
        let times: Vec<i64> = points.iter().map(|point| point.at.timestamp()).collect();
        assert_eq!(times, [10, 20, 50]);
        assert_eq!(points[1].reading, Reading::NotANumber);
    }

    #[test]
    fn what_is_not_one_series_of_numbers_says_so() {
        let three = r#"{"resultType":"vector","result":[{"value":[1,"1"]},{"value":[1,"2"]},{"value":[1,"3"]}]}"#;
        assert!(read(three).unwrap_err().starts_with("query yields 3 series, one is needed"));
        let native = r#"{"resultType":"vector","result":[{"metric":{},"histogram":[1,{"count":"3","sum":"1","buckets":[[0,"0","1","3"]]}]}]}"#;
        assert!(read(native).unwrap_err().contains("native histogram"));
        assert!(
            read(r#"{"resultType":"string","result":[1,"hi"]}"#).unwrap_err().contains("a string")
        );
        assert!(read(r#"{"resultType":"vector","result":{}}"#).is_err());
        assert!(read("[]").is_err());
        let raw = r#"{"resultType":"matrix","result":[{"values":[[1,"1"]]}]}"#;
        let raw = RawValue::from_string(raw.to_owned()).unwrap();
        assert!(instant(&raw).unwrap_err().contains("a matrix"));
    }

    #[test]
    fn a_warning_makes_an_answer_partial_and_an_info_does_not() {
        let read = |text| serde_json::from_str::<Envelope<'_>>(text).unwrap();
        let warned = read(r#"{"status":"success","data":null,"warnings":["a",7],"infos":["b"]}"#);
        assert_eq!((warned.partial().as_deref(), warned.remarks()), (Some("a"), vec!["b".into()]));
        let whole = read(r#"{"warnings":null,"infos":["b"]}"#);
        assert_eq!((whole.partial(), whole.remarks()), (None, vec!["b".into()]));
        assert!(read(r#"{"isPartial":true}"#).partial().is_some());
    }
}
