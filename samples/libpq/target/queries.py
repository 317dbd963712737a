"""A program to trace: statements of several kinds against PostgreSQL. Takes a connection string; runs a round for each line of its input."""
import sys

import psycopg2

connection = psycopg2.connect(sys.argv[1])
connection.autocommit = True
cursor = connection.cursor()
print("connected", flush=True)
for _ in sys.stdin:
    cursor.execute("CREATE TEMPORARY TABLE IF NOT EXISTS users (id int, name text)")
    cursor.execute("INSERT INTO users VALUES (%s, %s)", (1, "Ada"))
    cursor.execute("SELECT name FROM users WHERE id = %s", (1,))
    cursor.fetchall()
    try:
        cursor.execute("SELECT nothing FROM nowhere")
    except psycopg2.Error:
        pass
    print("done", flush=True)
