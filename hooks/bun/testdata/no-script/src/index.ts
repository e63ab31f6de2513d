import { Elysia } from "elysia";
new Elysia().listen(3000);
