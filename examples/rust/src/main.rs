//! A page and a visitor counter on tiny_http, a server without magic.

mod page;

use std::env;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;
use std::thread;
use tiny_http::{Header, Request, Response, Server};

fn main() {
    let address = format!(
        "{}:{}",
        variable("HOST", "127.0.0.1"),
        variable("PORT", "3000")
    );
    let server = Arc::new(Server::http(&address).expect("cannot listen"));
    let visits = Arc::new(AtomicU64::new(0));
    println!("listening on {address}");
    let workers: Vec<_> = (0..4)
        .map(|_| {
            let (server, visits) = (server.clone(), visits.clone());
            thread::spawn(move || {
                for request in server.incoming_requests() {
                    if let Err(error) = answer(request, &visits) {
                        eprintln!("cannot answer: {error}");
                    }
                }
            })
        })
        .collect();
    for worker in workers {
        worker.join().expect("a worker panicked");
    }
}

fn answer(request: Request, visits: &AtomicU64) -> std::io::Result<()> {
    let release = variable("SLOT_RELEASE", "?");
    let (status, kind, body) = match request.url() {
        "/" => {
            let count = visits.fetch_add(1, Ordering::Relaxed) + 1;
            let html = page::render(&greeting(), &variable("SLOT_NAME", "?"), &release, count);
            (200, "text/html; charset=utf-8", html)
        }
        "/healthz" => (
            200,
            "application/json",
            format!(r#"{{"ok":true,"release":"{release}"}}"#),
        ),
        _ => (404, "text/plain", "nothing here\n".into()),
    };
    let header: Header = format!("Content-Type: {kind}").parse().expect("a header");
    request.respond(
        Response::from_string(body)
            .with_status_code(status)
            .with_header(header),
    )
}

fn greeting() -> String {
    variable("GREETING", "Hello from Rust")
}

fn variable(name: &str, default: &str) -> String {
    env::var(name).unwrap_or_else(|_| default.into())
}
