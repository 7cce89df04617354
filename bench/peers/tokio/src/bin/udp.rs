//! UDP echo on Tokio.

use tokio::net::UdpSocket;

async fn serve() -> std::io::Result<()> {
    let socket = UdpSocket::bind(("127.0.0.1", peers::port())).await?;
    peers::say_where(socket.local_addr()?);
    let mut buffer = vec![0; 65536];
    loop {
        let (n, from) = socket.recv_from(&mut buffer).await?;
        socket.send_to(&buffer[..n], from).await?;
    }
}

fn main() -> std::io::Result<()> {
    let runtime = peers::runtime();
    runtime.block_on(async { tokio::spawn(serve()).await.expect("the server does not panic") })
}
