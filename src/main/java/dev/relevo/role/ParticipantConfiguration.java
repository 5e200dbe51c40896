package dev.relevo.role;

import org.springframework.context.annotation.Configuration;

/** What an application needs to take part in a saga: its database and the barrier in it. */
@Configuration(proxyBeanMethods = false)
class ParticipantConfiguration {}
