/* A program to trace: looks up names. Build it here with: cc -o target target.c */
#include <netdb.h>
#include <stdio.h>
#include <unistd.h>

int main(void)
{
	for (int i = 0;; i++) {
		struct addrinfo *found = 0;
		int error = getaddrinfo(i % 3 ? "localhost" : "no host", "80", 0, &found);
		printf("%s\n", error ? gai_strerror(error) : "found");
		fflush(stdout);
		if (!error)
			freeaddrinfo(found);
		usleep(50000);
	}
}
