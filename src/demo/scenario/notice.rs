//! Alerts that have nothing to do with any release. Owns data alone.

/// Why an alert wants nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hidden {
    /// An operator silenced it.
    Silenced,
    /// Another alert hides it.
    Inhibited,
}

/// An alert without a rule: it fires from before the start to the end.
#[derive(Debug, Clone, Copy)]
pub struct Notice {
    /// The label `alertname`.
    pub name: &'static str,
    /// The label `severity`.
    pub severity: &'static str,
    /// The label `service`.
    pub service: &'static str,
    /// The label `instance`.
    pub instance: &'static str,
    /// The annotation `summary`.
    pub summary: &'static str,
    /// What raised it.
    pub expression: &'static str,
    /// Real hours before the start since which it fires.
    pub hours: i64,
    /// Why it wants nobody, if it does not.
    pub hidden: Option<Hidden>,
}

impl Notice {
    /// Whether nobody has to look at it.
    pub fn is_unseen(&self) -> bool {
        self.hidden.is_some() || self.service == "platform"
    }
}

/// Every one.
pub const NOTICES: [Notice; 5] = [
    Notice {
        name: "CertificateEndsSoon",
        severity: "info",
        service: "payments",
        instance: "edge1",
        summary: "the certificate of pay.acme.example ends in 20 days",
        expression: "probe_ssl_earliest_cert_expiry - time() < 21 * 86400",
        hours: 30,
        hidden: None,
    },
    Notice {
        name: "SlowQueries",
        severity: "P3",
        service: "payments",
        instance: "db2",
        summary: "12 queries an hour take longer than 1 s",
        expression: "increase(pg_slow_queries_total[1h]) > 10",
        hours: 52,
        hidden: None,
    },
    Notice {
        name: "DiskFillingUp",
        severity: "warning",
        service: "checkout",
        instance: "db1",
        summary: "the disk of db1 is full in 9 days",
        expression: "predict_linear(node_filesystem_avail_bytes[6h], 9 * 86400) < 0",
        hours: 75,
        hidden: Some(Hidden::Silenced),
    },
    Notice {
        name: "ReplicaLag",
        severity: "P2",
        service: "search",
        instance: "index3",
        summary: "index3 is 40 s behind",
        expression: "search_replica_lag_seconds > 30",
        hours: 5,
        hidden: Some(Hidden::Inhibited),
    },
    Notice {
        name: "PlannedMaintenance",
        severity: "info",
        service: "platform",
        instance: "rack7",
        summary: "rack 7 is being moved; its replicas lag",
        expression: "maintenance_window == 1",
        hours: 6,
        hidden: None,
    },
];
