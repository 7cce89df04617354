// TCP echo on Go's net package: a goroutine and a 16 KiB buffer per connection. Go sets TCP_NODELAY
// by itself.
package main

import (
	"log"
	"net"

	"edo.bench/peers/listening"
)

func echo(connection net.Conn) {
	defer connection.Close()
	buffer := make([]byte, 16384)
	for {
		n, err := connection.Read(buffer)
		if err != nil {
			return
		}
		if _, err := connection.Write(buffer[:n]); err != nil {
			return
		}
	}
}

func main() {
	listener, err := net.Listen("tcp4", listening.Address())
	if err != nil {
		log.Fatal(err)
	}
	listening.SayWhere(listener.Addr())
	for {
		connection, err := listener.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go echo(connection)
	}
}
