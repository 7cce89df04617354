// UDP echo on Go's net package, with the calls that do not allocate.
package main

import (
	"log"
	"net"
	"net/netip"

	"edo.bench/peers/listening"
)

func main() {
	address := net.UDPAddrFromAddrPort(netip.MustParseAddrPort(listening.Address()))
	socket, err := net.ListenUDP("udp4", address)
	if err != nil {
		log.Fatal(err)
	}
	listening.SayWhere(socket.LocalAddr())
	buffer := make([]byte, 65536)
	for {
		n, from, err := socket.ReadFromUDPAddrPort(buffer)
		if err != nil {
			log.Fatal(err)
		}
		if _, err := socket.WriteToUDPAddrPort(buffer[:n], from); err != nil {
			log.Print(err)
		}
	}
}
