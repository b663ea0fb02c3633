//! One page of a list, and the links to the others.

use crate::demo::http::Request;

/// Which part of a list is wanted.
pub struct Page {
    size: usize,
    number: usize,
}

impl Page {
    /// The one that a request asks for.
    pub fn of(request: &Request) -> Self {
        let number = |name| request.get(name).and_then(|text| text.parse::<usize>().ok());
        Self {
            size: number("per_page").filter(|size| *size > 0).unwrap_or(30).min(100),
            number: number("page").unwrap_or(1).max(1),
        }
    }

    /// What of a list is on it.
    pub fn cut<T>(&self, items: Vec<T>) -> Vec<T> {
        let skipped = (self.number - 1).saturating_mul(self.size);
        items.into_iter().skip(skipped).take(self.size).collect()
    }

    /// The links, where there are other pages.
    pub fn link(&self, base: &str, request: &Request, total: usize) -> Option<String> {
        let last = total.div_ceil(self.size).max(1);
        let mut links = Vec::new();
        let mut link = |page: usize, rel: &str| {
            let pairs = request.pairs.iter().filter(|(name, _)| name != "page");
            let query = url::form_urlencoded::Serializer::new(String::new())
                .extend_pairs(pairs)
                .append_pair("page", &page.to_string())
                .finish();
            links.push(format!("<{base}{}?{query}>; rel=\"{rel}\"", request.path));
        };
        if self.number > 1 {
            link((self.number - 1).min(last), "prev");
        }
        if self.number < last {
            link(self.number + 1, "next");
            link(last, "last");
        }
        if self.number > 1 {
            link(1, "first");
        }
        (!links.is_empty()).then(|| links.join(", "))
    }
}
