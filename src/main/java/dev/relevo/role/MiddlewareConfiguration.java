package dev.relevo.role;

import org.springframework.context.annotation.Configuration;

/** What the middleware's routes name: the saga service and its journal. */
@Configuration(proxyBeanMethods = false)
class MiddlewareConfiguration {}
