/// The page, compiled into the program.
const PAGE: &str = include_str!("page.html");

/// Fills in the page; what people set is escaped.
pub fn render(greeting: &str, slot: &str, release: &str, visits: u64) -> String {
    PAGE.replace("{visits}", &visits.to_string())
        .replace("{slot}", &escape(slot))
        .replace("{release}", &escape(release))
        .replace("{greeting}", &escape(greeting))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
