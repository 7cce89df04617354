/**
 * What a worker imports first where tests run on libkqueue.
 *
 * @module
 */

import { useLibkqueue } from "./libkqueue.ts";

useLibkqueue();
