import { Application } from "@oak/oak";
