//! TCP echo on Tokio: a task and a 16 KiB buffer per connection.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

async fn echo(mut stream: TcpStream) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut buffer = vec![0; 16384];
    loop {
        let n = stream.read(&mut buffer).await?;
        if n == 0 {
            return Ok(());
        }
        stream.write_all(&buffer[..n]).await?;
    }
}

async fn serve() -> std::io::Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", peers::port())).await?;
    peers::say_where(listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept().await?;
        tokio::spawn(echo(stream));
    }
}

fn main() -> std::io::Result<()> {
    let runtime = peers::runtime();
    // On a spawned task, so that the multi-thread runtime accepts on a worker too.
    runtime.block_on(async { tokio::spawn(serve()).await.expect("the server does not panic") })
}
